import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, statfsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { Snapshotter } from "./agents";
import { cgroupMounts } from "./cgroups";
import { buildPrograms, hostPrograms } from "./probe";
import type { MachineFacts } from "./probe";

const overlayFileSystem = 0x794c7630;

// Each line prints yes or no. Everything that is created here ends with the namespaces. Without `ip`, veth is unknown.
const trial = `
if command -v ip >/dev/null; then
    ip link add trial0 type veth peer name trial1 2>/dev/null && echo veth=yes || echo veth=no
fi
mount -t tmpfs tmpfs /tmp && mkdir /tmp/l /tmp/u /tmp/w /tmp/m
mount -t overlay -o lowerdir=/tmp/l,upperdir=/tmp/u,workdir=/tmp/w overlay /tmp/m 2>/dev/null && echo overlay=yes || echo overlay=no
[ -r /dev/kmsg ] && echo kmsg=yes || echo kmsg=no
`;

/** Examines this machine in well under a second, without changes to it. */
export async function gatherFacts(cacheDir: string, stateDir: string, artifactsCached: boolean): Promise<MachineFacts> {
    const isRoot = process.getuid?.() === 0;
    const linux = process.platform === "linux";
    const outcome = linux && isRoot ? await tryNamespaces() : { answers: "" };
    const answer = (name: string): boolean | undefined => {
        const found = new RegExp(`^${name}=(yes|no)$`, "m").exec(outcome.answers)?.[1];
        return found === undefined ? undefined : found === "yes";
    };
    const disks = [cacheDir, stateDir].map((path) => freeGiB(path)).filter((free) => free !== undefined);
    return {
        platform: process.platform,
        architecture: process.arch,
        userId: process.getuid?.() ?? -1,
        artifactsCached,
        programs: [...hostPrograms, ...buildPrograms].filter(isOnPath),
        namespaceError: outcome.error,
        vethDevice: answer("veth"),
        overlayMount: answer("overlay") === true && !isOnOverlay(stateDir),
        kernelMessages: answer("kmsg"),
        cgroups: linux ? cgroups() : [],
        cacheDir,
        freeDiskGiB: disks.length === 0 ? undefined : Math.min(...disks),
        availableMemoryGiB: linux ? availableMemoryGiB() : undefined,
    };
}

/** The containerd snapshotter for this machine. */
export function chooseSnapshotter(facts: MachineFacts): Snapshotter {
    return facts.overlayMount === true ? "overlayfs" : "native";
}

function tryNamespaces(): Promise<{ answers: string; error?: string }> {
    const namespaces = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
    return new Promise((resolve) => {
        execFile("unshare", [...namespaces, "sh", "-c", trial], (error, stdout, stderr) => {
            // The script's last command decides its exit code. It did not run only if there is no output at all.
            if (stdout === "" && error !== null) resolve({ answers: "", error: stderr.trim() || error.message });
            else resolve({ answers: stdout });
        });
    });
}

function isOnPath(program: string): boolean {
    return (process.env["PATH"] ?? "")
        .split(delimiter)
        .some((folder) => isAccessible(join(folder, program), constants.X_OK));
}

function isAccessible(path: string, mode: number): boolean {
    try {
        accessSync(path, mode);
        return true;
    } catch {
        return false;
    }
}

function cgroups(): MachineFacts["cgroups"] {
    return cgroupMounts().map((mount) => ({
        ...mount,
        writable: isAccessible(mount.path, constants.W_OK),
        available: mount.version === 1 ? mount.controllers : delegable(mount.path),
    }));
}

/**
 * Controllers of version 2 that child groups can have. A group cannot both delegate controllers and contain processes.
 */
function delegable(path: string): string[] {
    const words = (file: string): string[] => readFileSync(join(path, file), "utf8").split(/\s+/).filter(Boolean);
    const isRealRoot = !existsSync(join(path, "cgroup.type"));
    return words(isRealRoot || words("cgroup.procs").length === 0 ? "cgroup.controllers" : "cgroup.subtree_control");
}

function nearestExisting(path: string): string {
    return existsSync(path) ? path : nearestExisting(dirname(path));
}

function freeGiB(path: string): number | undefined {
    try {
        const { bavail, bsize } = statfsSync(nearestExisting(path));
        return (bavail * bsize) / 1024 ** 3;
    } catch {
        return undefined;
    }
}

function isOnOverlay(path: string): boolean {
    return statfsSync(nearestExisting(path)).type === overlayFileSystem;
}

function availableMemoryGiB(): number | undefined {
    const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) / 1024 ** 2;
}
