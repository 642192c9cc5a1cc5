import * as path from "node:path";
import type { CacheEntry } from "./cache";
import { withLock, type LockWait } from "./lock";
import type { Report } from "./report";

/**
 * The folder of a cache entry, which one process at a time fills if needed.
 *
 * @param look finds the entry, each time anew, because another process may fill it.
 * @param fill makes the entry's folder.
 */
export async function ensureEntry(
    report: Report,
    cacheDir: string,
    look: () => CacheEntry,
    fill: (entry: CacheEntry) => Promise<void>,
    wait: LockWait = {},
): Promise<string> {
    const fillMissing = async (): Promise<void> => {
        const entry = look();
        if (!entry.present) await fill(entry);
    };
    if (!look().present) await withLock(path.join(cacheDir, "lock"), report, fillMissing, wait);
    return look().folder;
}
