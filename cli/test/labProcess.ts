import { fork, type ChildProcess } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { labNumber } from "../../lab/identity";
import { NO_TESTS } from "../check/mocha";
import type { TestReport } from "../check/reporter";
import { PROJECT_DIR } from "../check/run";
import type { Answer, Order } from "./orders";
import type { Lane } from "./queue";

/** How a test file went. */
export interface FileRun extends TestReport {
    file: string;
    /** Of the whole file: bringing the lab into its state included. */
    seconds: number;
    output: string;
}

/** Runs test files in a process with a lab of its own. One that ends by itself is replaced for the next file. */
export class LabProcess implements Lane<FileRun> {
    private readonly lab: number;
    private readonly folder = mkdtempSync(join(tmpdir(), "istio-tracing-tests-"));
    private child: ChildProcess | undefined;
    private crashed = false;
    private read = 0;

    /** @param lab 1 is the lab that every command of this shell uses. */
    constructor(lab: number) {
        this.lab = lab;
    }

    async run(path: string): Promise<FileRun> {
        const started = performance.now();
        const child = (this.child ??= this.start());
        const answer = await new Promise<Answer | string>((resolve) => {
            child.removeAllListeners("message").once("message", (given) => {
                resolve(given as Answer);
            });
            child.removeAllListeners("exit").once("exit", (code, signal) => {
                this.child = undefined;
                resolve(signal ?? `exit code ${String(code)}`);
            });
            child.send({ run: path } satisfies Order);
        });
        const run = { file: path, seconds: (performance.now() - started) / 1000, output: this.newOutput() };
        if (typeof answer !== "string") return { ...run, ...answer };
        this.crashed = true;
        const output = `${run.output}\nThe process that ran ${relative(PROJECT_DIR, path)} ended by ${answer} before its tests had.\n`;
        return { ...run, ...NO_TESTS, failed: 1, output };
    }

    /** Makes the file that runs now end at its next test. */
    stop(): void {
        this.tell({ end: true, afterCrash: this.crashed });
    }

    async end(): Promise<void> {
        // A crash may have left the lab up, and no file came after it.
        const child = this.crashed ? (this.child ??= this.start()) : this.child;
        if (child !== undefined) {
            const ended = new Promise((resolve) => child.once("exit", resolve));
            this.tell({ end: true, afterCrash: this.crashed });
            if (child.exitCode === null && child.signalCode === null) await ended;
        }
        rmSync(this.folder, { recursive: true });
    }

    private tell(order: Order): void {
        if (this.child?.connected === true) this.child.send(order);
    }

    /** What the process says goes to a file: when a file of tests has ended, all that it said is there. */
    private start(): ChildProcess {
        const output = openSync(this.log, "a");
        const child = fork(join(__dirname, "worker.ts"), {
            cwd: PROJECT_DIR,
            execArgv: ["--require", join(PROJECT_DIR, "translate.cjs")],
            env: { ...process.env, NO_COLOR: "1", LAB_NUMBER: String(labNumber() + this.lab - 1) },
            stdio: ["ignore", output, output, "ipc"],
        });
        closeSync(output);
        // What could not be sent is told by its end.
        return child.on("error", () => undefined);
    }

    private newOutput(): string {
        const all = readFileSync(this.log, "utf8");
        const output = all.slice(this.read);
        this.read = all.length;
        return output;
    }

    private get log(): string {
        return join(this.folder, "output");
    }
}
