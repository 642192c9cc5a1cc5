import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { runMocha } from "./mocha";

/** Folder of the tests that need a lab. */
export const LAB_TESTS = join(dirname(dirname(__dirname)), "tests", "lab");

/** The lab's test files, by path. */
export function labTestFiles(): string[] {
    return readdirSync(LAB_TESTS, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".test.ts"))
        .sort()
        .map((file) => join(LAB_TESTS, file));
}

/** The sentences by which tests are named, without running them. */
export async function testTitles(files: string[]): Promise<string[]> {
    const { tests } = await runMocha(files, { args: ["--dry-run"] });
    return tests.map(({ title }) => title);
}
