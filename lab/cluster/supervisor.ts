import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// Process 1 of the lab, `labnode init` (lab/images/go/node), runs the node's programs: it starts each as soon as its
// dependencies are healthy, and restarts it when it ends. Both sides communicate through one folder: this side writes
// NAME.json, which describes a program, and process 1 writes NAME.status, its status.

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

/** The health check of a program: a URL that answers 200, or a Unix socket that accepts connections. */
export type Health = { url: string; authority?: string } | { socket: string };

/** A long-running program of the node. */
export interface Program {
    /** File in the artifacts' bin folder or on the Debian path, and the name of its log. */
    program: ProgramName;
    args: string[];
    /** Programs that must be healthy before it starts. */
    needs: ProgramName[];
    /** @default it counts as healthy as soon as it runs */
    health?: Health;
}

/** How one run of a program ended: with an exit code, a signal, or the error that prevented its start. */
export interface Ending {
    /** Milliseconds since 1970. */
    at: number;
    ranMilliseconds: number;
    exitCode?: number;
    signal?: string;
    error?: string;
    /** The last lines of this run's output. */
    logLines: string[];
}

/** The status of a program from process 1. */
export interface ProgramStatus {
    /** `waiting`: for its dependencies or its next start; `starting`: it runs but is not healthy yet. */
    state: "waiting" | "starting" | "running" | "gaveUp";
    /** Dependencies that are not healthy. */
    waitsFor?: string[];
    /** Why it is not healthy. */
    complaint?: string;
    /** The number of ended runs. */
    endCount: number;
    /** The last of them. */
    endings: Ending[];
}

/** The log of a program, or of the whole node. */
export function logFile({ stateDir }: { stateDir: string }, program: string): string {
    return join(stateDir, "logs", `${program}.log`);
}

/** Folder with the descriptions of the node's programs. */
export function programsFolder(stateDir: string): string {
    return join(stateDir, "programs");
}

/** Passes a program to process 1, which runs it from now on. */
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

/** The status of a program; `undefined` if process 1 does not run it. */
export function readStatus(stateDir: string, program: ProgramName): ProgramStatus | undefined {
    try {
        return JSON.parse(readFileSync(join(programsFolder(stateDir), `${program}.status`), "utf8")) as ProgramStatus;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
    }
}
