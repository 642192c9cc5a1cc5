import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { listProcesses } from "../../lab/cluster/processes";

/** Clock ticks per second of CPU times in Linux, on every architecture of the lab. */
const TICKS_PER_SECOND = 100;

/** CPU time of one process and of its ended and reaped children. */
export interface CpuTimes {
    ownSeconds: number;
    waitedForSeconds: number;
}

/** Reads the text of /proc/PID/stat. */
export function parseCpuTimes(stat: string): CpuTimes {
    // The name is in parentheses and can contain any character, so fields are counted from the last parenthesis.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const seconds = (...indexes: number[]): number =>
        indexes.reduce((sum, index) => sum + Number(fields[index] ?? 0), 0) / TICKS_PER_SECOND;
    return { ownSeconds: seconds(11, 12), waitedForSeconds: seconds(13, 14) };
}

/** CPU time of a process. */
export function cpuTimes(pid: number | "self"): CpuTimes {
    return parseCpuTimes(readFileSync(`/proc/${String(pid)}/stat`, "utf8"));
}

/** CPU seconds of a process since its start. */
export function cpuSeconds(pid: number): number {
    return cpuTimes(pid).ownSeconds;
}

/** Processes of a pod on this machine, by the pod's UID in the names of its control groups. */
export function processesOfPod(uid: string): { pid: number; program: string }[] {
    return listProcesses()
        .filter(({ pid }) => cgroupsOf(pid).includes(`/pod${uid}/`))
        .map(({ pid, argv }) => ({ pid, program: basename(argv[0] ?? "") }));
}

/** The one process of a pod that runs a program, whose name begins with `program`. */
export function processOfPod(uid: string, program: string): number {
    const found = processesOfPod(uid);
    const [match, ...more] = found.filter((one) => one.program.startsWith(program));
    if (match !== undefined && more.length === 0) return match.pid;
    const got = found.map((one) => one.program).join(", ");
    throw new Error(`expected one process ${program} in the pod ${uid}, got: ${got === "" ? "none" : got}`);
}

function cgroupsOf(pid: number): string {
    try {
        return readFileSync(`/proc/${String(pid)}/cgroup`, "utf8");
    } catch {
        return "";
    }
}
