import { UserError } from "../../cli/ui/errors";

/** How long to wait for a condition, and how often to look. */
export interface WaitOptions {
    /** @default 50 */
    intervalMilliseconds?: number;
    timeoutSeconds: number;
    /** Where the user finds more when the time is up. */
    log?: string;
    /** Ends the wait at once with the reason why the condition can no longer come true. */
    hopeless?: () => string | undefined;
    /** Ends the wait at once because something else has failed. */
    signal?: AbortSignal;
}

/** Looking through all processes costs more than most conditions do. */
const hopelessIntervalMilliseconds = 500;

export function sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/**
 * Waits until `look` says that the condition holds.
 *
 * @param look answers `undefined` when it holds, else the reason why not (a thrown error counts as its message).
 */
export async function waitFor(
    what: string,
    look: () => Promise<string | undefined> | string | undefined,
    options: WaitOptions,
): Promise<void> {
    const deadline = performance.now() + options.timeoutSeconds * 1000;
    const hint = options.log === undefined ? "" : `; see ${options.log}`;
    let nextHopeless = performance.now();
    for (;;) {
        const reason = await reasonAgainst(look);
        if (reason === undefined) return;
        if (options.signal?.aborted === true) throw new UserError(`${what} is no longer waited for`);
        if (performance.now() > nextHopeless) {
            const hopeless = options.hopeless?.();
            if (hopeless !== undefined) throw new UserError(`${what} cannot come: ${hopeless}${hint}`);
            nextHopeless = performance.now() + hopelessIntervalMilliseconds;
        }
        if (performance.now() > deadline) {
            throw new UserError(
                `${what} did not come within ${options.timeoutSeconds} s; last reason seen: ${reason}${hint}`,
            );
        }
        await sleep(options.intervalMilliseconds ?? 50);
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
