import { setTimeout } from "node:timers/promises";
import { UserError } from "../../shared/terminal/errors";
import type { Report } from "../images/report";

/**
 * Limit of a wait for something that takes a moment on an idle machine. On one processor, or under a load of twenty, it
 * may well take a minute; what can never come is known by `hopeless` long before.
 */
export const PATIENCE_SECONDS = 300;

/** A wait that lasts says so, this often. */
const SAY_EVERY_SECONDS = 20;

/** How long to wait for a condition, and how often to look. */
export interface WaitOptions {
    /** @default 50 */
    intervalMilliseconds?: number;
    /** @default {@link PATIENCE_SECONDS} */
    timeoutSeconds?: number;
    /** Where the user finds more when the time is up. */
    log?: string;
    /** Ends the wait at once with the reason why the condition can no longer come true, and where to look. */
    hopeless?: () => string | undefined;
    /** Ends the wait at once because something else has failed. */
    signal?: AbortSignal;
    /** Is told from time to time what is still waited for, and why. */
    report?: Report;
}

/** Looking through all processes costs more than most conditions do. */
const hopelessIntervalMilliseconds = 500;

/**
 * Waits until `look` says that the condition holds.
 *
 * @param look answers `undefined` when it holds, else the reason why not (a thrown error counts as its message).
 */
export async function waitFor(
    what: string,
    look: () => Promise<string | undefined> | string | undefined,
    options: WaitOptions = {},
): Promise<void> {
    const { timeoutSeconds = PATIENCE_SECONDS } = options;
    const started = performance.now();
    const deadline = started + timeoutSeconds * 1000;
    let nextWord = started + SAY_EVERY_SECONDS * 1000;
    const hint = options.log === undefined ? "" : `; see ${options.log}`;
    let nextHopeless = performance.now();
    for (;;) {
        const reason = await reasonAgainst(look);
        if (reason === undefined) return;
        if (options.signal?.aborted === true) throw new UserError(`${what} is no longer waited for`);
        if (performance.now() > nextHopeless) {
            const hopeless = options.hopeless?.();
            if (hopeless !== undefined) throw new UserError(`${what} cannot come: ${hopeless}`);
            nextHopeless = performance.now() + hopelessIntervalMilliseconds;
        }
        const now = performance.now();
        if (now > deadline) {
            throw new UserError(`${what} did not come within ${timeoutSeconds} s; last reason seen: ${reason}${hint}`);
        }
        if (now > nextWord) {
            options.report?.(`still waiting for ${what} after ${Math.round((now - started) / 1000)} s: ${reason}`);
            nextWord = now + SAY_EVERY_SECONDS * 1000;
        }
        await setTimeout(options.intervalMilliseconds ?? 50);
    }
}

async function reasonAgainst(
    look: () => Promise<string | undefined> | string | undefined,
): Promise<string | undefined> {
    try {
        return await look();
    } catch (error) {
        return error instanceof Error ? error.message : String(error);
    }
}
