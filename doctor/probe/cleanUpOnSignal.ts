const SIGNALS: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Cleans up when the process receives a signal, then ends it with the same signal. A second signal ends it immediately.
 *
 * @returns a function that removes the handler.
 */
export function cleanUpOnSignal(cleanUp: () => Promise<void>): () => void {
    const end = (signal: NodeJS.Signals): void => {
        forget();
        void cleanUp().finally(() => process.kill(process.pid, signal));
    };
    const forget = (): void => {
        for (const signal of SIGNALS) process.off(signal, end);
    };
    for (const signal of SIGNALS) process.on(signal, end);
    return forget;
}
