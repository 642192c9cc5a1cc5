import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
    copyFileSync,
    existsSync,
    mkdirSync,
    readdirSync,
    renameSync,
    rmSync,
    statSync,
    utimesSync,
    writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../shared/terminal/errors";
import type { Artifacts, Report } from "../images";
import { containerdConfig, containerdSocket, type Snapshotter } from "./agents";
import { mountScript, nodeEnvironment } from "./node";
import { endProcesses, listProcesses, readProcess } from "./processes";

const run = promisify(execFile);

// The import of the images takes longer than everything else together. It happens once for each set of images, into a
// containerd root in the cache. Every lab then gets a copy that shares the unpacked files through hard links. That is
// safe because containerd never changes the files of a layer, and a container's changes go elsewhere.

const unusedDays = 14;

/** Creates or finds the containerd root with all images. */
export async function ensureImageStore(
    artifacts: Artifacts,
    cache: string,
    snapshotter: Snapshotter,
    report: Report,
): Promise<string> {
    const folder = join(cache, "containerd");
    const store = join(folder, imageSetKey(artifacts, snapshotter));
    if (existsSync(store)) {
        utimesSync(store, new Date(), new Date());
        return store;
    }
    mkdirSync(folder, { recursive: true });
    removeUnused(folder);
    const building = join(folder, `building-${process.pid}-${readProcess(process.pid)?.startTime ?? ""}`);
    mkdirSync(building);
    try {
        report(`unpacking ${artifacts.images.length} images, once`);
        await importImages(artifacts, snapshotter, building);
        // Another checkout may have been faster. Its store is the same.
        if (!existsSync(store)) renameSync(join(building, "containerd"), store);
    } finally {
        rmSync(building, { recursive: true, force: true });
    }
    return store;
}

function imageSetKey(artifacts: Artifacts, snapshotter: Snapshotter): string {
    const hash = createHash("sha256").update(snapshotter);
    for (const { archive } of artifacts.images) {
        const { size, mtimeMs } = statSync(archive);
        hash.update(`${archive} ${size} ${mtimeMs}\n`);
    }
    return hash.digest("hex").slice(0, 16);
}

/**
 * Removes incomplete stores of killed runs, and stores that no `up` has used for a long time. Labs have their own
 * links.
 */
function removeUnused(folder: string): void {
    for (const entry of readdirSync(folder)) {
        const path = join(folder, entry);
        const [, pid, startTime] = /^building-(\d+)-(\d+)$/.exec(entry) ?? [];
        const inUse =
            pid === undefined
                ? Date.now() - statSync(path).mtimeMs < unusedDays * 24 * 3600 * 1000
                : readProcess(Number(pid))?.startTime === startTime;
        if (!inUse) rmSync(path, { recursive: true, force: true });
    }
}

async function importImages(artifacts: Artifacts, snapshotter: Snapshotter, building: string): Promise<void> {
    const config = join(building, "containerd.toml");
    const options = { snapshotter, root: "/var/lib/containerd", socket: containerdSocket };
    // The CRI plugin reads the images when containerd starts in the lab.
    const text = containerdConfig({ ...options, pauseImage: "", cniBinDir: "/none", cniConfDir: "/none" });
    writeFileSync(config, text.replace("disabled_plugins = [", `disabled_plugins = ["io.containerd.grpc.v1.cri", `));
    const archives = artifacts.images.map(({ archive }) => archive);
    const importOne = `ctr -n k8s.io images import --snapshotter ${snapshotter} "$archive"`;
    const script = `${mountScript(building, [artifacts.debian.root, ...archives.map((path) => join(path, ".."))])}
        containerd --config "$1" --log-level warn &
        server=$!
        shift
        tries=0
        until answer=$(ctr version 2>&1); do
            tries=$((tries + 1))
            if ! kill -0 $server 2>/dev/null || [ $tries -ge 2000 ]; then
                echo "containerd does not answer: $answer" >&2
                exit 1
            fi
            sleep 0.05
        done
        for archive in "$@"; do ${importOne} >/dev/null; done
        kill $server
        wait $server`;
    const namespaces = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "slave"];
    const argv = [...namespaces, "sh", "-c", script, "sh", config, ...archives];
    try {
        await run("unshare", argv, { env: { ...process.env, ...nodeEnvironment(artifacts) } });
    } catch (error) {
        const detail = (error as { stderr?: string }).stderr?.trim() ?? String(error);
        throw new UserError(`could not unpack the images: ${detail}`);
    }
}

/** Creates a lab's own containerd root with all images. The folder can exist, but must be empty. */
export async function copyImageStore(store: string, target: string): Promise<void> {
    mkdirSync(target, { recursive: true });
    try {
        await run("cp", ["--archive", "--link", `${store}/.`, target]);
    } catch {
        // Cache and state are on different file systems.
        await run("cp", ["--archive", "--force", "--reflink=auto", `${store}/.`, target]);
        return;
    }
    // containerd writes into the databases, which are directly in each plugin's folder, so they are copied.
    for (const plugin of readdirSync(store, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
        for (const entry of readdirSync(join(store, plugin.name), { withFileTypes: true })) {
            if (!entry.isFile()) continue;
            const copy = join(target, plugin.name, entry.name);
            rmSync(copy);
            copyFileSync(join(store, plugin.name, entry.name), copy);
        }
    }
}

/** Ends the copy process of a killed `up`, which would continue into the files of the next one. */
export async function endCopying(target: string): Promise<void> {
    await endProcesses(listProcesses().filter(({ argv }) => argv[0] === "cp" && argv.at(-1) === target));
}

/** The full name of an image of the cluster, such as `pause`. */
export function imageNamed(artifacts: Artifacts, part: string): string {
    const names = artifacts.images.flatMap((image) => image.names);
    const found = names.find((name) => basename(name).split(":")[0] === part);
    if (found === undefined) throw new Error(`no image named "${part}" among ${names.join(", ")}`);
    return found;
}
