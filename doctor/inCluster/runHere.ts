import { execFile } from "node:child_process";
import type { Fact } from "../../shared/cluster/facts";
import type { ExecResult } from "../connection/access";

/** Runs a command in the doctor's own container. */
export type RunHere = (command: string[], limitSeconds: number) => Promise<Fact<ExecResult>>;

/** Limit of a command's output, in bytes. The requests of the doctor print a line each. */
const OUTPUT_BYTES = 2 ** 20;

/** Starts a process and waits until it ends. */
export const runHere: RunHere = ([program = "", ...args], limitSeconds) =>
    new Promise((resolve) => {
        const limits = { timeout: limitSeconds * 1000, maxBuffer: OUTPUT_BYTES };
        execFile(program, args, limits, (error, stdout, stderr) => {
            if (error === null) resolve({ value: { code: 0, stdout, stderr } });
            else if (typeof error.code === "number") resolve({ value: { code: error.code, stdout, stderr } });
            else {
                const ended = error.killed === true ? `it did not end within ${String(limitSeconds)} s` : error.message;
                resolve({ failure: { kind: "unexpected", reason: ended } });
            }
        });
    });
