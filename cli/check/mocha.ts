import { runTool } from "./run";

/** How a run of mocha ended. */
export interface TestCounts {
    passed: number;
    failed: number;
    skipped: number;
    code: number;
    output: string;
}

/** Runs tests by mocha. A run without a single test counts as failed. */
export async function runMocha(
    files: string[],
    options: { args?: string[]; env?: NodeJS.ProcessEnv; onLine?: (line: string) => void } = {},
): Promise<TestCounts> {
    const env = { ...process.env, ...options.env };
    const { code, output } = await runTool(
        "mocha/bin/mocha.js",
        [...files, ...(options.args ?? [])],
        options.onLine,
        env,
    );
    const counts = readCounts(output);
    const none = code === 0 && counts.passed === 0;
    return { ...counts, failed: none ? 1 : counts.failed, code: none ? 1 : code, output };
}

/** The counts in the closing lines of mocha's reporters. */
export function readCounts(output: string): { passed: number; failed: number; skipped: number } {
    const last = (word: string): number =>
        Number([...output.matchAll(new RegExp(`^\\s*(\\d+) ${word}`, "gm"))].pop()?.[1] ?? 0);
    return { passed: last("passing"), failed: last("failing"), skipped: last("pending") };
}
