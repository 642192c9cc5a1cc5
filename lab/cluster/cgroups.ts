import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { endProcesses, readProcess } from "./processes";

const removalLimitSeconds = 60;

/** A control group hierarchy with its mount point and version. */
export interface CgroupMount {
    path: string;
    version: 1 | 2;
    /** For version 1: the controllers of this hierarchy. */
    controllers: string[];
}

/** The machine's control group hierarchies, from the text of /proc/self/mountinfo. */
export function parseCgroupMounts(mountInfo: string): CgroupMount[] {
    const mounts: CgroupMount[] = [];
    for (const line of mountInfo.split("\n")) {
        const [left = "", right = ""] = line.split(" - ");
        const path = left.split(" ")[4] ?? "";
        const [type, , options = ""] = right.split(" ");
        if (!path.startsWith("/sys/fs/cgroup") || (type !== "cgroup" && type !== "cgroup2")) continue;
        const controllers =
            type === "cgroup" ? options.split(",").filter((word) => word !== "rw" && word !== "ro") : [];
        mounts.push({ path, version: type === "cgroup" ? 1 : 2, controllers });
    }
    return mounts;
}

export function cgroupMounts(): CgroupMount[] {
    return parseCgroupMounts(readFileSync("/proc/self/mountinfo", "utf8"));
}

/** Creates the group `/NAME` in every hierarchy. The kubelet puts each pod of the lab below it. */
export function createCgroups(name: string, mounts: CgroupMount[] = cgroupMounts()): void {
    for (const mount of mounts) {
        if (mount.version === 2) enableControllers(mount.path);
        const path = join(mount.path, name);
        mkdirSync(path, { recursive: true });
        if (mount.version === 2) enableControllers(path);
        // A new cpuset has neither CPUs nor memory nodes. No process can join it until they are set.
        for (const file of ["cpuset.cpus", "cpuset.mems"]) {
            if (!mount.controllers.includes("cpuset")) continue;
            writeFileSync(join(path, file), readFileSync(join(mount.path, file)));
        }
    }
}

function enableControllers(path: string): void {
    const wanted = ["cpu", "cpuset", "memory", "pids", "hugetlb", "io"];
    const words = (file: string): string[] => readFileSync(join(path, file), "utf8").trim().split(" ");
    const there = words("cgroup.controllers");
    const enabled = words("cgroup.subtree_control");
    for (const controller of wanted.filter((name) => there.includes(name) && !enabled.includes(name))) {
        writeFileSync(join(path, "cgroup.subtree_control"), `+${controller}`);
    }
}

/** Removes the group `/NAME` and everything below it. Returns what it removed. */
export async function removeCgroups(name: string): Promise<string[]> {
    const removed: string[] = [];
    for (const mount of cgroupMounts()) {
        const path = join(mount.path, name);
        if (!existsSync(path)) continue;
        await removeTree(path);
        removed.push(path);
    }
    return removed;
}

async function removeTree(path: string): Promise<void> {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
        if (entry.isDirectory()) await removeTree(join(path, entry.name));
    }
    // The kernel releases a group a moment after its last process has ended, or after seconds on a busy machine.
    const deadline = performance.now() + removalLimitSeconds * 1000;
    for (;;) {
        try {
            rmdirSync(path);
            return;
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
            if (performance.now() > deadline) throw error;
        }
        await endMembers(path);
        await setTimeout(20);
    }
}

async function endMembers(path: string): Promise<void> {
    const pids = readFileSync(join(path, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
    const members = pids.map((pid) => readProcess(pid)).filter((info) => info !== undefined);
    await endProcesses(members);
}
