import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { pause, until } from "../mesh/kubernetes";
import { cpuSeconds } from "../mesh/processes";

/** A server has so long to write what it has in memory, before it is killed. */
const STOP_SECONDS = 60;
const START_SECONDS = 180;
/** Of its output, in messages. */
const TOLD_CHARACTERS = 800;

/** A program beside the benchmark, with its output in a file. It ends with the benchmark, however that ends. */
export class Program {
    readonly name: string;
    private readonly log: string;
    private readonly child: ChildProcess;

    /** @param log file that gets its output. */
    constructor(name: string, command: readonly string[], log: string) {
        this.name = name;
        this.log = log;
        const output = openSync(log, "a");
        // setpriv becomes the program, so the process and its CPU time are the program's.
        this.child = spawn("setpriv", ["--pdeathsig", "KILL", "--", ...command], { stdio: ["ignore", output, output] });
        this.child.on("error", () => undefined);
        closeSync(output);
    }

    /** CPU seconds since its start. */
    cpuSeconds(): number {
        return cpuSeconds(this.pid());
    }

    /** Memory that it has, without what it shares with files. */
    memoryMiB(): number {
        return anonymousMiB(readFileSync(`/proc/${String(this.pid())}/status`, "utf8"));
    }

    /** Waits until it answers. `ask` fails, or answers with a reason, while it does not. */
    async answers(ask: () => Promise<true | string>, signal: AbortSignal): Promise<void> {
        await until(START_SECONDS, signal, () => {
            this.pid();
            return ask().catch((error: unknown) => `${this.name} does not answer: ${String(error)}`);
        });
    }

    /** Ends it in order, so that it writes what it has in memory. */
    async stop(): Promise<void> {
        if (this.hasEnded()) return;
        const closed = once(this.child, "close");
        this.child.kill("SIGTERM");
        await Promise.race([closed, pause(STOP_SECONDS)]);
        if (this.hasEnded()) return;
        this.child.kill("SIGKILL");
        await closed;
    }

    private hasEnded(): boolean {
        return this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
    }

    private pid(): number {
        const { pid } = this.child;
        if (pid !== undefined && !this.hasEnded()) return pid;
        const said = readFileSync(this.log, "utf8").trim().slice(-TOLD_CHARACTERS);
        throw new Error(`${this.name} has ended: ${said}`);
    }
}

/** Anonymous resident memory in the text of /proc/PID/status. */
export function anonymousMiB(status: string): number {
    return Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}
