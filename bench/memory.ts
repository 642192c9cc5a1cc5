import { readFileSync } from "node:fs";
import { listProcesses, type ProcessInfo } from "../lab/cluster/processes";

const PAGE_BYTES = 4096;
const SAMPLE_MS = 50;
/** Interval, in samples, of the search for new processes, which costs more than reading known ones. */
const SAMPLES_A_SEARCH = 4;

/** Measures the memory of a process and its descendants. */
export interface MemoryWatch {
    peakMiB: () => number;
    stop: () => void;
}

export function watchMemory(root: number): MemoryWatch {
    const known = new Set([root]);
    let samples = 0;
    let peakBytes = 0;
    const timer = setInterval(() => {
        if (samples++ % SAMPLES_A_SEARCH === 0) addDescendants(known, listProcesses());
        const bytes = [...known].reduce((sum, pid) => sum + residentBytes(pid), 0);
        peakBytes = Math.max(peakBytes, bytes);
    }, SAMPLE_MS);
    return {
        peakMiB: () => peakBytes / 2 ** 20,
        stop: () => {
            clearInterval(timer);
        },
    };
}

/** A process and its descendants that still run. */
export function treeOf(root: number): number[] {
    const known = new Set([root]);
    addDescendants(known, listProcesses());
    return [...known];
}

/** Adds the descendants of known processes. */
export function addDescendants(known: Set<number>, processes: Pick<ProcessInfo, "pid" | "parent">[]): void {
    for (let before = -1; before < known.size;) {
        before = known.size;
        for (const { pid, parent } of processes) if (known.has(parent)) known.add(pid);
    }
}

function residentBytes(pid: number): number {
    try {
        return Number(readFileSync(`/proc/${String(pid)}/statm`, "utf8").split(" ")[1]) * PAGE_BYTES;
    } catch {
        return 0;
    }
}
