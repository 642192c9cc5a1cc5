import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { endProcesses, readProcess } from "../../lab/cluster/processes";
import { cpuTimes } from "../mesh/processes";

const ROOT = dirname(dirname(__dirname));
const PAGE_BYTES = 4096;
/** How often memory is looked at: often enough for a peak that lasts. */
const INTERVAL_MS = 40;

/** What a command took, with all the processes that it started. */
export interface Usage {
    /** False when it was ended at its limit. */
    finished: boolean;
    code: number | null;
    seconds: number;
    cpuSeconds: number;
    /** Peak of the memory that all its processes have resident at a time. */
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
 * Runs a program to its end, or to its limit. Nothing else that this process has started may end meanwhile: the kernel
 * tells the CPU time of children that have ended in one sum.
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
    const over = { cpuSeconds: 0, isOver: false };
    let peakPages = 0;
    const look = setInterval(() => {
        const tree = treeOf(child.pid ?? 0);
        peakPages = Math.max(peakPages, sum(tree.map(residentPages)));
        if (over.isOver || (!signal.aborted && performance.now() - began < limitSeconds * 1000)) return;
        over.isOver = true;
        over.cpuSeconds = sum(tree.map(allCpuSeconds));
        void endProcesses(tree.map(readProcess).filter((one) => one !== undefined));
    }, INTERVAL_MS);
    try {
        const code = await new Promise<number | null>((resolve, reject) =>
            child.on("error", reject).on("close", resolve),
        );
        signal.throwIfAborted();
        const seconds = (performance.now() - began) / 1000;
        const waited = cpuTimes("self").waitedForSeconds - before;
        return {
            ...{ finished: !over.isOver, code, seconds, peakMiB: (peakPages * PAGE_BYTES) / 2 ** 20, ...output },
            cpuSeconds: over.isOver ? over.cpuSeconds : waited,
        };
    } finally {
        clearInterval(look);
    }
}

/** A process and all that it and its children have started, as far as they still run. */
function treeOf(pid: number): number[] {
    return [pid, ...childrenOf(pid).flatMap(treeOf)];
}

function childrenOf(pid: number): number[] {
    return attempt(
        () =>
            readdirSync(`/proc/${String(pid)}/task`).flatMap((thread) =>
                readFileSync(`/proc/${String(pid)}/task/${thread}/children`, "utf8")
                    .split(" ")
                    .filter(Boolean)
                    .map(Number),
            ),
        [],
    );
}

function residentPages(pid: number): number {
    return attempt(() => Number(readFileSync(`/proc/${String(pid)}/statm`, "utf8").split(" ")[1]), 0);
}

function allCpuSeconds(pid: number): number {
    return attempt(() => {
        const { ownSeconds, waitedForSeconds } = cpuTimes(pid);
        return ownSeconds + waitedForSeconds;
    }, 0);
}

/** What a process tells, or a value for one that has ended meanwhile. */
function attempt<T>(ask: () => T, otherwise: T): T {
    try {
        return ask();
    } catch {
        return otherwise;
    }
}

function sum(numbers: number[]): number {
    return numbers.reduce((left, right) => left + right, 0);
}
