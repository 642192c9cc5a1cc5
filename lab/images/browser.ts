import * as fs from "node:fs";
import * as path from "node:path";
import { Apt } from "./apt";
import { cacheDirectory, cacheEntry, contentKey, fillEntry, temporaryDirectory, type CacheEntry } from "./cache";
import { multiarch, SUITE } from "./debian";
import { withLock } from "./lock";
import type { Report } from "./report";
import { run } from "./run";

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
    if (!look().present) {
        await withLock(path.join(cacheDir, "lock"), report, async () => {
            const entry = look();
            if (!entry.present) await unpack(cacheDir, entry);
        });
    }
    return browserIn(look().folder);
}

async function unpack(cacheDir: string, entry: CacheEntry): Promise<void> {
    const log = path.join(cacheDir, "logs", "chromium.log");
    const work = path.join(temporaryDirectory(cacheDir), `apt-${process.pid}`);
    const apt = new Apt(work, SUITE, log);
    try {
        await apt.update();
        await fillEntry(cacheDir, entry, async (folder) => {
            const files = await apt.download(PACKAGES);
            for (const file of files.filter(({ name }) => !LEFT_OUT.includes(name))) {
                await run({
                    what: `unpack the Debian package ${file.name}`,
                    program: "dpkg-deb",
                    args: ["--extract", file.path, folder],
                    log,
                    nextStep: "check for a full disk (df -h), then run the same command again.",
                });
            }
        });
    } finally {
        fs.rmSync(work, { recursive: true, force: true });
    }
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
