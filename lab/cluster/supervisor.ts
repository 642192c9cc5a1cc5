import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// The node's programs are run by process 1 of the lab, `labnode init` (lab/images/go/node): it starts each as soon as what
// that needs is healthy, and starts it again when it ends. Both sides meet in one folder: NAME.json, which describes a
// program, is ours, and NAME.status, which says how it is, is process 1's.

/** The long-running programs of the node. */
export const nodePrograms = [
    "etcd",
    "kube-apiserver",
    "containerd",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    "kubelet",
] as const;

export type ProgramName = (typeof nodePrograms)[number];

/** How a program is asked whether it can be used: by a URL that answers 200, or by a Unix socket that accepts connections. */
export type Health = { url: string; authority?: string } | { socket: string };

/** A long-running program of the node. */
export interface Program {
    /** File in the artifacts' bin folder or on the Debian path; also the name of its log. */
    program: ProgramName;
    args: string[];
    /** What must be healthy before it is started. */
    needs: ProgramName[];
    /** @default it counts as healthy as soon as it runs */
    health?: Health;
}

/** How one run of a program ended: with one of exit code, signal, and the error that kept it from starting. */
export interface Ending {
    /** Milliseconds since 1970. */
    at: number;
    ranMilliseconds: number;
    exitCode?: number;
    signal?: string;
    error?: string;
    /** The last lines that this run has written. */
    logLines: string[];
}

/** What process 1 says of a program. */
export interface ProgramStatus {
    /** `waiting` for what it needs or for its next start; `starting`: it runs and is not healthy yet. */
    state: "waiting" | "starting" | "running" | "gaveUp";
    /** What it needs and is not healthy. */
    waitsFor?: string[];
    /** Why it is not healthy. */
    complaint?: string;
    /** How many runs of it have ended. */
    endCount: number;
    /** The last of them. */
    endings: Ending[];
}

/** Where the output of a program, or of the whole node, goes. */
export function logFile({ stateDir }: { stateDir: string }, program: string): string {
    return join(stateDir, "logs", `${program}.log`);
}

/** Folder in which the node's programs are described. */
export function programsFolder(stateDir: string): string {
    return join(stateDir, "programs");
}

/** Hands a program to process 1, which runs it from now on. */
export function startProgram(
    { process: { pid }, stateDir }: { process: { pid: number }; stateDir: string },
    { program, args, needs, health }: Program,
    environment: NodeJS.ProcessEnv,
): void {
    const log = logFile({ stateDir }, program);
    mkdirSync(join(stateDir, "logs"), { recursive: true });
    const env = Object.entries(environment).map(([name, value]) => `${name}=${value ?? ""}`);
    const file = join(programsFolder(stateDir), program);
    writeFileSync(`${file}.new`, JSON.stringify({ argv: [program, ...args], env, log, needs, health }), {
        mode: 0o600,
    });
    renameSync(`${file}.new`, `${file}.json`);
    process.kill(pid, "SIGHUP");
}

/** How a program is; `undefined` when process 1 has not been told to run it. */
export function readStatus(stateDir: string, program: ProgramName): ProgramStatus | undefined {
    try {
        return JSON.parse(readFileSync(join(programsFolder(stateDir), `${program}.status`), "utf8")) as ProgramStatus;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
    }
}
