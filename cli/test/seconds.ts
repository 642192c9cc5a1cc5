import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { LAB_TESTS } from "../check/labTests";
import type { Seconds } from "./queue";

const FILE = join(LAB_TESTS, "seconds.json");

/** How long each lab test file took when that was last recorded, by its path. */
export function recordedSeconds(): Seconds {
    const recorded = JSON.parse(readFileSync(FILE, "utf8")) as Seconds;
    return Object.fromEntries(Object.entries(recorded).map(([file, seconds]) => [join(LAB_TESTS, file), seconds]));
}

/** Writes down how long each took; `npm test` orders the files by it. */
export function recordSeconds(files: { file: string; seconds: number }[]): void {
    const entries = files.map(({ file, seconds }) => [relative(LAB_TESTS, file), Math.round(seconds)] as const);
    const sorted = entries.sort(([left], [right]) => left.localeCompare(right));
    writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(sorted), undefined, 4)}\n`);
}
