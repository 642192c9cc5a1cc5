import * as fs from "node:fs";
import * as path from "node:path";
import { Apt } from "./apt";
import { fillEntry, temporaryDirectory, type CacheEntry } from "./cache";
import { SUITE } from "./debian";
import { ensureEntry } from "./ensureEntry";
import type { LockWait } from "./lock";
import type { Report } from "./report";
import { run } from "./run";

/** Packages of Debian to unpack, without installing them. */
export interface DebianPackages {
    /** Name of the log. */
    name: string;
    /** Packages to download, with everything that they depend on. */
    packages: string[];
    /** True for a downloaded package that is unpacked. */
    isWanted: (name: string) => boolean;
    /** Completes the unpacked files, as their installation would. @default nothing to do */
    finish?: (folder: string) => void;
}

/**
 * The folder of a cache entry with unpacked packages, which it fills from Debian if needed.
 *
 * @param look finds the entry, each time anew, because another process may fill it.
 */
export function ensureUnpacked(
    report: Report,
    cacheDir: string,
    look: () => CacheEntry,
    wanted: DebianPackages,
    wait: LockWait = {},
): Promise<string> {
    return ensureEntry(report, cacheDir, look, (entry) => unpack(cacheDir, entry, wanted), wait);
}

async function unpack(
    cacheDir: string,
    entry: CacheEntry,
    { name, packages, isWanted, finish }: DebianPackages,
): Promise<void> {
    const log = path.join(cacheDir, "logs", `${name}.log`);
    const work = path.join(temporaryDirectory(cacheDir), `apt-${process.pid}`);
    const apt = new Apt(work, SUITE, log);
    try {
        await apt.update();
        await fillEntry(cacheDir, entry, async (folder) => {
            const files = await apt.download(packages);
            for (const file of files.filter((one) => isWanted(one.name))) {
                await run({
                    what: `unpack the Debian package ${file.name}`,
                    program: "dpkg-deb",
                    args: ["--extract", file.path, folder],
                    log,
                    nextStep: "check for a full disk (df -h), then run the same command again.",
                });
            }
            finish?.(folder);
        });
    } finally {
        fs.rmSync(work, { recursive: true, force: true });
    }
}
