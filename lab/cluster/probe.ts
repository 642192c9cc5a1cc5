import type { CgroupMount } from "./cgroups";

/** What a lab needs to know about a machine. `undefined` means unknown; the lab then tries. */
export interface MachineFacts {
    platform: string;
    architecture: string;
    userId: number;
    /** True if everything that the lab builds is in the cache. */
    artifactsCached: boolean;
    /** Programs of {@link hostPrograms} and {@link buildPrograms} that are on the PATH. */
    programs: string[];
    /** Why network, mount and PID namespaces cannot be created; empty if they can. */
    namespaceError?: string;
    vethDevice?: boolean;
    overlayMount?: boolean;
    kernelMessages?: boolean;
    cgroups: (CgroupMount & { writable: boolean; available: string[] })[];
    cacheDir: string;
    freeDiskGiB?: number;
    availableMemoryGiB?: number;
}

/** A missing requirement, with the cure. */
export interface Finding {
    id: string;
    expected: string;
    got: string;
    cure: string;
}

/** Host programs that run the lab, all from util-linux and coreutils. */
export const hostPrograms = ["cp", "flock", "mount", "nsenter", "sh", "unshare"];

/** Further programs, only for builds. */
export const buildPrograms = ["apt-get", "dpkg-deb", "python3"];

const controllers = ["cpu", "cpuset", "memory", "pids"];
const diskGiB = { cached: 2, cold: 8 };
const memoryGiB = 4;

/** Everything that prevents a lab on a machine, all at once; empty if it can run. */
export function findObstacles(facts: MachineFacts): Finding[] {
    const findings: Finding[] = [];
    const expect = (holds: boolean, id: string, expected: string, got: string, cure: string): void => {
        if (!holds) findings.push({ id, expected, got, cure });
    };
    const isLinux = facts.platform === "linux";
    expect(isLinux, "platform", "Linux", facts.platform, "use a Linux machine or a Linux virtual machine");
    const { architecture } = facts;
    const known = ["x64", "arm64"].includes(architecture);
    expect(known, "architecture", "x64 or arm64", architecture, "use a machine with such a processor");
    if (!isLinux) return findings;
    expect(facts.userId === 0, "root", "user root", `user ${facts.userId}`, "run it as root (sudo)");
    const wanted = facts.artifactsCached ? hostPrograms : [...hostPrograms, ...buildPrograms];
    const missing = wanted.filter((program) => !facts.programs.includes(program));
    const packages = "install them (apt-get install util-linux coreutils apt dpkg python3)";
    expect(missing.length === 0, "programs", wanted.join(", "), `no ${missing.join(", ")}`, packages);
    // All further checks need root, and would only repeat that it is missing.
    if (facts.userId === 0) findings.push(...kernelObstacles(facts));
    const disk = facts.artifactsCached ? diskGiB.cached : diskGiB.cold;
    const { freeDiskGiB = disk, availableMemoryGiB = memoryGiB, cacheDir } = facts;
    const free = `${freeDiskGiB.toFixed(1)} GiB`;
    const elsewhere = `free some, or set XDG_CACHE_HOME and XDG_STATE_HOME to folders on another disk`;
    expect(freeDiskGiB >= disk, "disk", `${disk} GiB free at ${cacheDir}`, free, elsewhere);
    const available = `${availableMemoryGiB.toFixed(1)} GiB`;
    expect(availableMemoryGiB >= memoryGiB, "memory", `${memoryGiB} GiB available`, available, "end other programs");
    return findings;
}

function kernelObstacles(facts: MachineFacts): Finding[] {
    const findings: Finding[] = [];
    const allow = "run it on a virtual machine or in a privileged container";
    if (facts.namespaceError !== undefined) {
        const expected = "new network, mount and PID namespaces (unshare)";
        findings.push({ id: "namespaces", expected, got: facts.namespaceError, cure: allow });
    }
    if (facts.vethDevice === false) {
        findings.push({
            id: "veth",
            expected: "veth network devices",
            got: "none",
            cure: "load the kernel module: modprobe veth",
        });
    }
    if (facts.kernelMessages === false) {
        findings.push({
            id: "kmsg",
            expected: "/dev/kmsg, which the kubelet reads",
            got: "no such device",
            cure: allow,
        });
    }
    const found = controllers.filter((name) =>
        facts.cgroups.some((mount) => mount.writable && mount.available.includes(name)),
    );
    const missing = controllers.filter((name) => !found.includes(name));
    if (missing.length > 0) {
        const expected = `writable control groups with ${controllers.join(", ")}, version 1 or 2, below /sys/fs/cgroup`;
        findings.push({ id: "cgroups", expected, got: `no ${missing.join(", ")}`, cure: allow });
    }
    return findings;
}

/** The message with everything that is missing, and the alternatives without a lab. */
export function describeObstacles(findings: Finding[]): string {
    const lines = findings.map(({ expected, got, cure }) => `  - expected ${expected}; got ${got}. Cure: ${cure}.`);
    return (
        `this machine cannot run the lab; nothing was changed on it.\n${lines.join("\n")}\n` +
        "Without a lab, run `pulumi up` on your own cluster, and `npm run check` for the tests that need no cluster."
    );
}
