import * as path from "node:path";
import { type CacheEntry, cacheDirectory, cacheEntry, contentKey } from "./cache";
import { SUITE } from "./debian";
import { ensureUnpacked } from "./debianPackages";
import type { Report } from "./report";

/** Debian's package of VictoriaMetrics 1.79, and the library that it needs beside the C library. */
const PACKAGES = ["victoria-metrics", "libzstd1"];

/** A program that reads Prometheus's configuration. */
export interface Scraper {
    program: string;
    /** Environment in which it finds its library. */
    env: Record<string, string>;
}

/**
 * A scraper that finds targets in Kubernetes by `kubernetes_sd_configs`, for which Debian's Prometheus is built without: the
 * one of VictoriaMetrics, from the cache, which it fills from Debian if needed. Only a test uses it.
 */
export async function ensureScraper(report: Report, cacheDir: string = cacheDirectory()): Promise<Scraper> {
    const look = (): CacheEntry => cacheEntry(cacheDir, "scraper", contentKey({ SUITE, PACKAGES, arch: process.arch }));
    const isWanted = (name: string): boolean => PACKAGES.includes(name);
    const folder = await ensureUnpacked(report, cacheDir, look, { name: "scraper", packages: PACKAGES, isWanted });
    const libraries = ["x86_64", "aarch64"].map((machine) => path.join(folder, `usr/lib/${machine}-linux-gnu`));
    return {
        program: path.join(folder, "usr/bin/victoria-metrics"),
        env: { LD_LIBRARY_PATH: libraries.join(":") },
    };
}
