import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";

const ROOT = dirname(dirname(dirname(__dirname)));

/** A command of the project that runs, as a user starts it. */
export interface Running {
    child: ChildProcess;
    /** What it has said so far. */
    output: () => string;
    ended: Promise<{ code: number | null; output: string }>;
}

/** Starts a command of the project by the Node.js on the PATH, in a process group of its own, as a shell does. */
export function start(...args: string[]): Running {
    return startWith({}, ...args);
}

/** The same with further variables in its environment. */
export function startWith(env: Record<string, string>, ...args: string[]): Running {
    const child = spawn("node", [join(ROOT, "cli", "bootstrap.mjs"), ...args], {
        cwd: ROOT,
        detached: true,
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    const ended = once(child, "close").then(([code]) => ({ code: code as number | null, output }));
    return { child, output: () => output, ended };
}

/** Runs a command of the project to its end, and returns all that it says. */
export function command(...args: string[]): Running["ended"] {
    return start(...args).ended;
}
