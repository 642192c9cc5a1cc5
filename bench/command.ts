import { spawn } from "node:child_process";
import { watchMemory } from "./memory";

/** A program to run and to measure. */
export interface Command {
    program: string;
    args: string[];
    cwd?: string;
    env?: NodeJS.ProcessEnv;
    input?: string;
    /** Whether to measure its memory, which costs a few percent of a core. */
    withMemory?: boolean;
    /** Passes Ctrl-C on. */
    signal?: AbortSignal;
    /** @default 300 */
    limitSeconds?: number;
}

/** The result of a successful program. */
export interface Measured {
    seconds: number;
    /** Peak resident memory of it and its descendants; 0 if not measured. */
    peakMiB: number;
    output: string;
}

/**
 * Runs a program to its end.
 *
 * @throws Error with the end of its output, if it fails or does not end in time.
 */
export async function measure(command: Command): Promise<Measured> {
    const { program, args, cwd, env, input = "", withMemory, signal, limitSeconds = 300 } = command;
    const began = performance.now();
    const child = spawn(program, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
    child.stdin.on("error", () => undefined).end(input);
    const memory = child.pid === undefined || withMemory !== true ? undefined : watchMemory(child.pid);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    const interrupt = (): void => void child.kill("SIGINT");
    signal?.addEventListener("abort", interrupt);
    const timer = setTimeout(() => child.kill("SIGKILL"), limitSeconds * 1000);
    try {
        const code = await new Promise<number | string>((resolve, reject) => {
            child.on("error", reject).on("close", (number, killed) => {
                resolve(number ?? killed ?? "unknown");
            });
        });
        const seconds = (performance.now() - began) / 1000;
        if (code === 0) return { seconds, peakMiB: memory?.peakMiB() ?? 0, output };
        const what = [program, ...args].join(" ");
        const said = output.trim().split("\n").slice(-15).join("\n");
        throw new Error(`"${what}" ended with ${String(code)} after ${seconds.toFixed(1)} s:\n${said}`);
    } finally {
        clearTimeout(timer);
        memory?.stop();
        signal?.removeEventListener("abort", interrupt);
    }
}
