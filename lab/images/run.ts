import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/** A command whose whole output goes to a log file. */
export interface Command {
    /** Its purpose, for the error: `build kubernetes`. */
    what: string;
    program: string;
    args: string[];
    cwd?: string;
    env?: NodeJS.ProcessEnv;
    /** Log file, to which output is appended. */
    log: string;
    /** Receives every line of output. */
    onLine?: (line: string) => void;
    /** The next step after a failure. */
    nextStep: string;
}

/** Runs a command to its end and returns its standard output. */
export async function run(command: Command): Promise<string> {
    fs.mkdirSync(path.dirname(command.log), { recursive: true });
    const log = fs.createWriteStream(command.log, { flags: "a" });
    log.write(`$ ${[command.program, ...command.args].join(" ")}\n`);
    // If this process is killed, the command also ends, so that no build continues in the background.
    const child = spawn("setpriv", ["--pdeathsig", "TERM", "--", command.program, ...command.args], {
        cwd: command.cwd,
        env: command.env ?? process.env,
        stdio: ["ignore", "pipe", "pipe"],
    });
    const output = collect(child.stdout, log, command.onLine);
    const errors = collect(child.stderr, log, command.onLine);
    const status = await new Promise<string>((resolve) => {
        child.once("error", (error) => {
            resolve(error.message);
        });
        child.once("close", (code, signal) => {
            resolve(code === 0 ? "" : signal ? `killed by ${signal}` : `exit ${code}`);
        });
    });
    log.write(`# ${status || "ok"}\n`);
    await new Promise<void>((resolve) => log.end(resolve));
    if (status !== "") {
        throw new Error(failure(command, status, [...errors.lines, ...output.lines]));
    }
    return output.text();
}

interface Collected {
    lines: string[];
    text: () => string;
}

function collect(stream: NodeJS.ReadableStream, log: fs.WriteStream, onLine?: (line: string) => void): Collected {
    const lines: string[] = [];
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (data: string) => {
        log.write(data);
        const parts = (rest + data).split("\n");
        rest = parts.pop() ?? "";
        lines.push(...parts);
        parts.forEach((line) => onLine?.(line));
    });
    return { lines, text: () => [...lines, rest].join("\n") };
}

function failure(command: Command, status: string, lines: string[]): string {
    const last = lines.filter((line) => line.trim() !== "").slice(-5);
    return [
        `Could not ${command.what}: ${command.program} ${status}.`,
        ...last.map((line) => `    ${line}`),
        `Full log: ${command.log}`,
        `Next step: ${command.nextStep}`,
    ].join("\n");
}
