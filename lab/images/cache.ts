import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** Folder for all build results, shared by all checkouts of one user. */
export function cacheDirectory(): string {
    const own = process.env.ISTIO_TRACING_CACHE;
    if (own) {
        return path.resolve(own);
    }
    const base = process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
    return path.resolve(base, "istio-tracing");
}

/** A short content key: equal for equal values, in any order of fields. */
export function contentKey(value: unknown): string {
    return createHash("sha256")
        .update(JSON.stringify(sorted(value)))
        .digest("hex")
        .slice(0, 16);
}

function sorted(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(sorted);
    }
    if (value !== null && typeof value === "object") {
        return Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, field]) => [name, sorted(field)]);
    }
    return value;
}

/** SHA-256 by name: of the files `names` in a folder, or of all files below it. */
export function fileDigests(folder: string, names: string[] = filesBelow(folder)): Record<string, string> {
    return Object.fromEntries(
        names.map((name) => [
            name,
            createHash("sha256")
                .update(fs.readFileSync(path.join(folder, name)))
                .digest("hex"),
        ]),
    );
}

function filesBelow(folder: string): string[] {
    return fs
        .readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

/** An entry of the cache under one content key. */
export interface CacheEntry {
    /** Kind of thing, and first folder level: `go-kubernetes`, `debian`. */
    name: string;
    key: string;
    /** Final folder, which exists only if it is complete. */
    folder: string;
    present: boolean;
}

/** Looks an entry up. */
export function cacheEntry(cacheDir: string, name: string, key: string): CacheEntry {
    const folder = path.join(cacheDir, name, key);
    return { name, key, folder, present: fs.existsSync(folder) };
}

/** Fills an entry: `build` writes to a temporary folder, which gets its final name only after success. */
export async function fillEntry(
    cacheDir: string,
    entry: CacheEntry,
    build: (folder: string) => void | Promise<void>,
): Promise<void> {
    const temporary = path.join(temporaryDirectory(cacheDir), `${entry.name}-${process.pid}-${Date.now()}`);
    fs.mkdirSync(temporary, { recursive: true });
    try {
        await build(temporary);
        fs.mkdirSync(path.dirname(entry.folder), { recursive: true });
        fs.renameSync(temporary, entry.folder);
    } finally {
        fs.rmSync(temporary, { recursive: true, force: true });
    }
}

/** Folder for builds. The holder of the lock can empty it, because its content belongs to killed runs. */
export function temporaryDirectory(cacheDir: string): string {
    return path.join(cacheDir, "tmp");
}
