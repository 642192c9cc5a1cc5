import { readFileSync } from "node:fs";
import { listProcesses, type ProcessInfo } from "../lab/cluster/processes";

const PAGE_BYTES = 4096;
const SAMPLE_MS = 50;
/** Every so many samples it is looked for new processes, which costs more than to read of those that are known. */
const SAMPLES_A_SEARCH = 4;

/** Watches the memory of a process and of all that it starts. */
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

/** A process and all that it and its children have started, as far as they still run. */
export function treeOf(root: number): number[] {
    const known = new Set([root]);
    addDescendants(known, listProcesses());
    return [...known];
}

/** Adds what known processes have started, and what those have started in turn. */
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
