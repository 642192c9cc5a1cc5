import { spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { UserError } from "../../shared/terminal/errors";
import type { LabIdentity } from "../identity";
import { listProcesses } from "./processes";
import type { Report } from "../images";

const marker = "istio-tracing-lab-lock";

/**
 * Runs `job` while this process alone works on the lab; waits for another `up` or `down` of it.
 *
 * The lock is on a folder of the checkout, so that there is no lock file to remove. A child process holds it and
 * reads from our pipe: whatever ends this process, kill -9 too, closes the pipe and thereby frees the lock.
 */
export async function withLock<Result>(
    identity: LabIdentity,
    purpose: string,
    report: Report,
    job: () => Promise<Result>,
    waitSeconds = 300,
): Promise<Result> {
    const deadline = performance.now() + waitSeconds * 1000;
    let said = false;
    for (;;) {
        const release = await tryLock(identity, purpose);
        if (release !== undefined) {
            try {
                return await job();
            } finally {
                await release();
            }
        }
        const owner = describeOwner(identity);
        if (performance.now() > deadline) {
            throw new UserError(
                `the lab of ${identity.checkout} has been in use by ${owner} for ${waitSeconds} s; ` +
                    `wait until it is done, or end it, and run this again.`,
            );
        }
        if (!said) report(`waiting for ${owner}, which is at work on this lab`);
        said = true;
        await setTimeout(100);
    }
}

async function tryLock(identity: LabIdentity, purpose: string): Promise<(() => Promise<void>) | undefined> {
    // "cat" ends when our end of its stdin closes; the words after it only say in /proc who holds the lock.
    const script = "echo locked; exec cat";
    const holder = spawn(
        "flock",
        ["--nonblock", identity.lockFolder, "sh", "-c", script, marker, identity.name, String(process.pid), purpose],
        { stdio: ["pipe", "pipe", "inherit"] },
    );
    const ended = new Promise<void>((resolve, reject) => {
        holder.on("error", reject);
        holder.on("close", () => {
            resolve();
        });
    });
    const locked = new Promise<boolean>((resolve) => {
        holder.stdout.once("data", () => {
            resolve(true);
        });
    });
    if (!(await Promise.race([locked, ended.then(() => false)]))) return undefined;
    return async () => {
        holder.stdin.end();
        await ended;
    };
}

function describeOwner(identity: LabIdentity): string {
    for (const { argv } of listProcesses()) {
        const at = argv.indexOf(marker);
        if (at >= 0 && argv[at + 1] === identity.name)
            return `\`lab ${argv[at + 3] ?? ""}\` (process ${argv[at + 2] ?? ""})`;
    }
    return "another command";
}
