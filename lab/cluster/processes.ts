import { readFileSync, readdirSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";

/** A process of the host. Its start time distinguishes it from a later one with the same number. */
export interface ProcessId {
    pid: number;
    /** Clock ticks since the machine started. */
    startTime: string;
}

/** What /proc shows about a process. */
export interface ProcessInfo extends ProcessId {
    argv: string[];
    parent: number;
    /** Number in its own PID namespace; the same as `pid` outside any lab. */
    innerPid: number;
}

/** Every readable process at this moment. Kernel threads and zombies have an empty `argv`. */
export function listProcesses(): ProcessInfo[] {
    return readdirSync("/proc")
        .filter((entry) => /^\d+$/.test(entry))
        .map((entry) => readProcess(Number(entry)))
        .filter((info) => info !== undefined);
}

/** One process; `undefined` if it has ended. */
export function readProcess(pid: number): ProcessInfo | undefined {
    try {
        const argv = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
        const { state, parent, startTime } = readStat(pid);
        if (state === "Z" || state === "X") return undefined;
        const inner = /^NSpid:.*?(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
        return { pid, argv, parent, startTime, innerPid: Number(inner ?? pid) };
    } catch {
        return undefined;
    }
}

function readStat(pid: number): Pick<ProcessInfo, "parent" | "startTime"> & { state: string } {
    // The name is in parentheses and can contain any character, so fields are counted from the last parenthesis.
    const [, rest = ""] = /^\d+ \(.*\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    const fields = rest.split(" ");
    return { state: fields[0] ?? "", parent: Number(fields[1]), startTime: fields[19] ?? "" };
}

/** Whether exactly this process still runs, not a later one with its number. */
export function isAlive(id: ProcessId): boolean {
    return readProcess(id.pid)?.startTime === id.startTime;
}

/** Whether a command line contains `labnode VERB --lab NAME`, started by any program. */
export function isLabnode(argv: string[], verb: string, labName: string): boolean {
    return argv.some(
        (word, at) =>
            basename(word) === "labnode" &&
            argv[at + 1] === verb &&
            argv[at + 2] === "--lab" &&
            argv[at + 3] === labName,
    );
}

/** Identity of the namespace of a process, such as `pid:[4026532281]`; `undefined` if the process has ended. */
export function namespaceOf(pid: number, kind: "pid" | "net" | "mnt"): string | undefined {
    try {
        return readlinkSync(`/proc/${pid}/ns/${kind}`);
    } catch {
        return undefined;
    }
}

/** Kills processes and waits until they have ended. */
export async function endProcesses(processes: ProcessId[]): Promise<void> {
    signal(processes);
    while (processes.some(isAlive)) await setTimeout(10);
}

/**
 * Kills a process and waits until its number is free. Only then are the namespaces gone whose process 1 it was.
 *
 * While the kernel removes them, it may already look like a zombie. A lasting zombie has a parent that does not reap
 * it.
 */
export async function endCompletely(id: ProcessId, limitSeconds = 30): Promise<void> {
    const deadline = performance.now() + limitSeconds * 1000;
    signal([id]);
    while (isThere(id) && (isAlive(id) || performance.now() < deadline)) await setTimeout(5);
}

function signal(processes: ProcessId[]): void {
    for (const { pid } of processes.filter(isAlive)) {
        try {
            process.kill(pid, "SIGKILL");
        } catch {
            // It ended by itself meanwhile.
        }
    }
}

function isThere(id: ProcessId): boolean {
    try {
        return readStat(id.pid).startTime === id.startTime;
    } catch {
        return false;
    }
}
