import * as path from "node:path";
import { cacheDirectory, cacheEntry, contentKey, type CacheEntry } from "./cache";
import { SUITE } from "./debian";
import { ensureUnpacked } from "./debianPackages";
import type { Report } from "./report";

/** Debian's package of distribution's registry, version 2.8. It needs nothing but the C library. */
const PACKAGE = "docker-registry";

/** The program of a registry of images, from the cache, which it fills from Debian if needed. Only tests of logins need it. */
export async function ensureRegistry(report: Report, cacheDir: string = cacheDirectory()): Promise<string> {
    const look = (): CacheEntry => cacheEntry(cacheDir, PACKAGE, contentKey({ SUITE, PACKAGE, arch: process.arch }));
    const isWanted = (name: string): boolean => name === PACKAGE;
    const root = await ensureUnpacked(report, cacheDir, look, { name: PACKAGE, packages: [PACKAGE], isWanted });
    return path.join(root, "usr/bin/docker-registry");
}
