import { spawn } from "node:child_process";
import { constants } from "node:os";
import { withAccess, type DoctorOptions } from "../../doctor";
import { observeChange } from "../../doctor/during";
import { isCostly, isProven } from "../../doctor/during/request";
import { duringJson, formatDuring } from "../../doctor/report/during";
import { callerPath } from "../../shared/terminal/callerPath";

/** Seconds between two requests. */
const INTERVAL = 1;

/**
 * Runs a command and tells which requests and spans it cost. Returns the command's exit code if it is not 0, otherwise 1
 * if anything was lost, 2 if nothing is proven.
 */
export async function probeDuring(
    text: string,
    options: DoctorOptions & { runSeconds?: number },
    { json, intervalSeconds = INTERVAL }: { json: boolean; intervalSeconds?: number },
): Promise<number> {
    const { runSeconds = 3600 } = options;
    let command: { exitCode: number; seconds: number } | undefined;
    const report = await withAccess(options, (access) =>
        observeChange(access, { ...options, intervalMs: intervalSeconds * 1000, runSeconds }, async () => {
            options.say?.(`running ${text}`);
            command = await runShell(text);
            options.say?.(`it ended with ${String(command.exitCode)}`);
        }),
    );
    const observed = { text, exitCode: 1, seconds: 0, ...command };
    console.log(json ? duringJson(observed, report) : formatDuring(observed, report));
    if (observed.exitCode !== 0) return observed.exitCode;
    return isCostly(report) ? 1 : isProven(report) ? 0 : 2;
}

/** Exit code of a shell for a command that a signal ended, plus the signal's number; no command returns more. */
const BY_SIGNAL = 128;

/**
 * Runs a command in a shell, in the folder of the caller. Its output goes to the standard error, so that the report is
 * alone on the standard output. Ctrl-C reaches it as every process of the terminal; the doctor then reports what it saw.
 */
function runShell(text: string): Promise<{ exitCode: number; seconds: number }> {
    const begun = performance.now();
    const child = spawn("sh", ["-c", text], { stdio: ["inherit", 2, 2], cwd: callerPath(".") });
    const forward = (): void => void child.kill("SIGTERM");
    const wait = (): void => {
        process.stderr.write("waiting for the command to end; Ctrl-C again ends the doctor\n");
    };
    process.once("SIGINT", wait);
    process.once("SIGTERM", forward);
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("exit", (code, signal) => {
            process.off("SIGINT", wait);
            process.off("SIGTERM", forward);
            const exitCode = code ?? BY_SIGNAL + (signal === null ? 1 : constants.signals[signal]);
            resolve({ exitCode, seconds: (performance.now() - begun) / 1000 });
        });
    });
}
