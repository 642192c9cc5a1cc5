import { setTimeout } from "node:timers/promises";
import { UserError } from "../../shared/terminal/errors";
import type { Report } from "../images/report";

/**
 * Time limit for an event that takes a moment on an idle machine. On one processor, or under a load of twenty, it can
 * take a minute. `hopeless` detects much earlier that an event can never happen.
 */
export const PATIENCE_SECONDS = 300;

/** Interval of messages about a long wait. */
const SAY_EVERY_SECONDS = 20;

/** How long to wait for a condition, and how often to look. */
export interface WaitOptions {
    /** @default 50 */
    intervalMilliseconds?: number;
    /** @default {@link PATIENCE_SECONDS} */
    timeoutSeconds?: number;
    /** The log that a timeout's message names. */
    log?: string;
    /** Ends the wait immediately with the reason why the condition can no longer become true, and the log. */
    hopeless?: () => string | undefined;
    /** Ends the wait immediately because something else has failed. */
    signal?: AbortSignal;
    /** Receives a message from time to time about what is still missing, and why. */
    report?: Report;
}

/** A search through all processes costs more than most conditions. */
const hopelessIntervalMilliseconds = 500;

/**
 * Waits until `look` reports that the condition holds.
 *
 * @param look returns `undefined` if it holds, otherwise the reason (for a thrown error, its message).
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
        if (options.signal?.aborted === true) throw new UserError(`the wait for ${what} was aborted`);
        if (performance.now() > nextHopeless) {
            const hopeless = options.hopeless?.();
            if (hopeless !== undefined) throw new UserError(`${what} cannot become ready: ${hopeless}`);
            nextHopeless = performance.now() + hopelessIntervalMilliseconds;
        }
        const now = performance.now();
        if (now > deadline) {
            throw new UserError(`expected ${what} within ${timeoutSeconds} s, but it is not ready: ${reason}${hint}`);
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
