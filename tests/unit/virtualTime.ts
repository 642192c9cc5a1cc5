import { mock } from "node:test";

/** Small enough that what waits for different times ends in the right order. */
const STEP_MS = 10;

/**
 * Runs something whose waits take no time: while it waits, the clock goes on by itself.
 *
 * For code that waits for timers alone; what waits for a server or a process would see its time limit pass.
 */
export async function inVirtualTime<T>(run: () => Promise<T>): Promise<T> {
    mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.now() });
    const clock = mock.method(performance, "now", () => Date.now());
    const ran = { over: false };
    const result = run().finally(() => {
        ran.over = true;
    });
    // Who awaits the result gets the error.
    result.catch(() => undefined);
    try {
        while (!ran.over) {
            await new Promise((resolve) => setImmediate(resolve));
            mock.timers.tick(STEP_MS);
        }
        return await result;
    } finally {
        clock.mock.restore();
        mock.timers.reset();
    }
}
