import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestReport } from "./reporter";
import { runTool } from "./run";

/** How a run of mocha ended. */
export interface TestRun extends TestReport {
    code: number;
    output: string;
}

export const NO_TESTS: TestReport = { passed: 0, failed: 0, skipped: 0, tests: [], failures: [] };

/**
 * Runs tests by mocha. A run without a single test counts as failed.
 *
 * @param files paths or patterns.
 */
export async function runMocha(
    files: string[],
    options: { args?: string[]; env?: NodeJS.ProcessEnv; base?: "dot" | "spec"; onLine?: (line: string) => void } = {},
): Promise<TestRun> {
    const folder = mkdtempSync(join(tmpdir(), "istio-tracing-tests-"));
    const file = join(folder, "report.json");
    try {
        const { code, output } = await runTool(
            "mocha/bin/mocha.js",
            [...files, ...(options.args ?? []), "--reporter-option", `base=${options.base ?? "spec"},report=${file}`],
            { onLine: options.onLine, env: { ...process.env, ...options.env } },
        );
        const report = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as TestReport) : NO_TESTS;
        const none = code === 0 && report.passed === 0;
        return { ...report, failed: none ? 1 : report.failed, code: none ? 1 : code, output };
    } finally {
        rmSync(folder, { recursive: true });
    }
}

/** The tests that took longest, the longest first. */
export function slowestTests({ tests }: Pick<TestReport, "tests">, count = 10): TestReport["tests"] {
    return [...tests].sort((left, right) => right.seconds - left.seconds).slice(0, count);
}
