import { readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";

/** Linux counts blocks of this size. */
const BLOCK_BYTES = 512;

/** Bytes that files take on the disk whose paths below a folder begin in some way. A file with holes takes less than its size. */
export function bytesOnDisk(folder: string, beginning: string): number {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
        .filter((path) => relative(folder, path).startsWith(beginning))
        .reduce((sum, path) => sum + statSync(path).blocks * BLOCK_BYTES, 0);
}
