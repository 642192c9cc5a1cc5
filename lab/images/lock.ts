import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Report } from "./report";

/** For how long to wait for a lock. */
export interface LockWait {
    /** Seconds, then the wait ends with an error. @default without end */
    limitSeconds?: number;
}

/** Exit code of flock when the limit has passed, unlike that of a failure. */
const LIMIT_PASSED = 75;

/**
 * Runs `work` while holding the exclusive lock on `file`.
 *
 * A child holds the lock as long as this process keeps its end of a pipe open, so the kernel releases it even after a
 * kill -9 of this process.
 */
export async function withLock<T>(
    file: string,
    report: Report,
    work: () => Promise<T>,
    { limitSeconds }: LockWait = {},
): Promise<T> {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const limit =
        limitSeconds === undefined
            ? []
            : ["--timeout", String(limitSeconds), "--conflict-exit-code", String(LIMIT_PASSED)];
    const holder = spawn("flock", ["--exclusive", ...limit, file, "sh", "-c", "echo locked; exec cat >/dev/null"], {
        stdio: ["pipe", "pipe", "pipe"],
        // Ctrl-C must not release the lock while this process still cleans up.
        detached: true,
    });
    const ended = new Promise<void>((resolve) =>
        holder.once("close", () => {
            resolve();
        }),
    );
    await acquired(holder, file, report);
    try {
        return await work();
    } finally {
        holder.stdin.end();
        await ended;
    }
}

function acquired(holder: ReturnType<typeof spawn>, file: string, report: Report): Promise<void> {
    return new Promise((resolve, reject) => {
        const start = Date.now();
        const say = (): void => {
            const seconds = Math.round((Date.now() - start) / 1000);
            const since = seconds < 1 ? "" : `, ${seconds} s so far`;
            report(`Another run builds into the same cache: waiting until it ends (lock ${file}${since}).`);
        };
        let errors = "";
        let repeated: NodeJS.Timeout | undefined;
        const first = setTimeout(() => {
            say();
            repeated = setInterval(say, 20_000);
        }, 300);
        const settle = (outcome: () => void): void => {
            clearTimeout(first);
            clearInterval(repeated);
            outcome();
        };
        holder.stderr?.on("data", (data: Buffer) => (errors += data.toString()));
        holder.stdout?.once("data", () => {
            settle(resolve);
        });
        holder.once("error", (error) => {
            settle(() => {
                reject(new Error(`Could not lock ${file}: ${error.message}. Install flock (util-linux).`));
            });
        });
        holder.once("close", (code) => {
            settle(() => {
                if (code === LIMIT_PASSED) reject(new Error("Another run still builds into the same cache."));
                else reject(new Error(`Could not lock ${file}: flock ended with ${code}. ${errors.trim()}`));
            });
        });
    });
}
