import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { endProcesses, readProcess } from "../../lab/cluster/processes";
import { treeOf, watchMemory } from "../memory";
import { cpuTimes } from "../mesh/processes";

const ROOT = dirname(dirname(__dirname));

/** What a command took, with all the processes that it started. */
export interface Usage {
    /** False if it was ended at its limit. */
    finished: boolean;
    code: number | null;
    seconds: number;
    cpuSeconds: number;
    /** Peak resident memory of all its processes. */
    peakMiB: number;
    stdout: string;
    stderr: string;
}

/** Runs a command of this project as a user does. */
export function measureCommand(
    args: string[],
    limitSeconds: number,
    signal: AbortSignal,
    env: NodeJS.ProcessEnv = {},
): Promise<Usage> {
    return measureProcess("node", [join(ROOT, "cli", "bootstrap.mjs"), ...args], limitSeconds, signal, env);
}

/**
 * Runs a program to its end or its limit. No other child of this process may end meanwhile, because the kernel reports
 * the CPU time of ended children as one sum.
 */
export async function measureProcess(
    program: string,
    args: string[],
    limitSeconds: number,
    signal: AbortSignal,
    env: NodeJS.ProcessEnv = {},
): Promise<Usage> {
    signal.throwIfAborted();
    const before = cpuTimes("self").waitedForSeconds;
    const began = performance.now();
    const child = spawn(program, args, {
        cwd: ROOT,
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, ...env },
    });
    const output = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const)
        child[stream].setEncoding("utf8").on("data", (text: string) => (output[stream] += text));
    const memory = watchMemory(child.pid ?? 0);
    const over = { cpuSeconds: 0, isOver: false };
    const end = (): void => {
        const tree = treeOf(child.pid ?? 0);
        over.isOver = true;
        over.cpuSeconds = sum(tree.map(allCpuSeconds));
        void endProcesses(tree.map(readProcess).filter((one) => one !== undefined));
    };
    const limit = setTimeout(end, limitSeconds * 1000);
    signal.addEventListener("abort", end);
    try {
        const code = await new Promise<number | null>((resolve, reject) =>
            child.on("error", reject).on("close", resolve),
        );
        signal.throwIfAborted();
        const seconds = (performance.now() - began) / 1000;
        const waited = cpuTimes("self").waitedForSeconds - before;
        return {
            ...{ finished: !over.isOver, code, seconds, peakMiB: memory.peakMiB(), ...output },
            cpuSeconds: over.isOver ? over.cpuSeconds : waited,
        };
    } finally {
        memory.stop();
        clearTimeout(limit);
        signal.removeEventListener("abort", end);
    }
}

function allCpuSeconds(pid: number): number {
    try {
        const { ownSeconds, waitedForSeconds } = cpuTimes(pid);
        return ownSeconds + waitedForSeconds;
    } catch {
        // It has ended meanwhile.
        return 0;
    }
}

function sum(numbers: number[]): number {
    return numbers.reduce((left, right) => left + right, 0);
}
