const SIGNALS: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Cleans up when the process is told to end, and ends it then by the same signal; a second one ends it at once.
 *
 * @returns what forgets it again.
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
