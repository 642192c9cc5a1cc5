import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";

const LAB_TESTS = join(dirname(dirname(__dirname)), "tests", "lab");

/** The lab's test files in the order in which they run: by path. */
export function labTestFiles(): string[] {
    return readdirSync(LAB_TESTS, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".test.ts"))
        .sort()
        .map((file) => join(LAB_TESTS, file));
}

/** The sentences by which a test file names its tests. */
export function testTitles(source: string): string[] {
    return [...source.matchAll(/\bit\(\s*["'`](.+?)["'`],/g)].map((match) => match[1] ?? "");
}
