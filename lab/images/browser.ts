import * as path from "node:path";
import { cacheDirectory, cacheEntry, contentKey, type CacheEntry } from "./cache";
import { multiarch, SUITE } from "./debian";
import { ensureUnpacked } from "./debianPackages";
import type { Report } from "./report";

/** Unpacked, not installed, Chromium, and what it needs to start. */
export interface Browser {
    executablePath: string;
    env: Record<string, string>;
}

/** The headless build of Chromium, and one font family. */
const PACKAGES = ["chromium-headless-shell", "fonts-dejavu-core", "fontconfig-config"];

/** The C library must be the machine's own, as for the node's programs. The rest is only for installation scripts. */
const LEFT_OUT = ["libc6", "libgcc-s1", "gcc-12-base", "debconf"];

/**
 * Chromium from the cache, which it fills from Debian if needed. Only tests of pages need it, so no lab waits for it.
 */
export async function ensureBrowser(report: Report, cacheDir: string = cacheDirectory()): Promise<Browser> {
    const look = (): CacheEntry =>
        cacheEntry(cacheDir, "chromium", contentKey({ SUITE, PACKAGES, LEFT_OUT, arch: process.arch }));
    const isWanted = (name: string): boolean => !LEFT_OUT.includes(name);
    return browserIn(await ensureUnpacked(report, cacheDir, look, { name: "chromium", packages: PACKAGES, isWanted }));
}

function browserIn(root: string): Browser {
    const libraries = [`usr/lib/${multiarch()}`, `lib/${multiarch()}`, `usr/lib/${multiarch()}/pulseaudio`];
    return {
        executablePath: path.join(root, "usr/lib/chromium/chromium-headless-shell"),
        env: {
            LD_LIBRARY_PATH: libraries.map((folder) => path.join(root, folder)).join(":"),
            FONTCONFIG_PATH: path.join(root, "etc/fonts"),
            FONTCONFIG_SYSROOT: root,
        },
    };
}
