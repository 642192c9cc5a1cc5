import { writeFileSync } from "node:fs";
import { reporters, Runner, type MochaOptions } from "mocha";
import { originalStack } from "../../translate.cjs";

/** What a run of tests came to, for the command that started it. */
export interface TestReport {
    passed: number;
    failed: number;
    skipped: number;
    /** In the order in which they ran, hooks left out. */
    tests: { title: string; seconds: number }[];
    /** Titles of the tests and hooks that failed. */
    failures: string[];
}

/** What the reporter takes by `--reporter-option`, or in the process of whoever runs mocha. */
export interface ReporterOptions {
    /** Which of mocha's own reporters writes the text. @default "spec" */
    base?: "dot" | "spec";
    /** File for the {@link TestReport}, as JSON. */
    report?: string;
    onReport?: (report: TestReport) => void;
}

/** Mocha's own reporter `spec`, or `dot`, with the lines of the TypeScript files in stack traces. */
function Reporter(runner: Runner, options: MochaOptions): void {
    const { base, report, onReport } = (options.reporterOptions ?? {}) as ReporterOptions;
    new (base === "dot" ? reporters.Dot : reporters.Spec)(runner, options);
    const { EVENT_RUN_END, EVENT_TEST_END, EVENT_TEST_FAIL } = Runner.constants;
    const tests: TestReport["tests"] = [];
    const failures: string[] = [];
    runner.on(EVENT_TEST_FAIL, (test, error: Error) => {
        failures.push(test.fullTitle());
        if (error.stack !== undefined) error.stack = originalStack(error.stack);
    });
    runner.on(EVENT_TEST_END, (test) => {
        tests.push({ title: test.fullTitle(), seconds: (test.duration ?? 0) / 1000 });
    });
    runner.once(EVENT_RUN_END, () => {
        const { passes, failures: failed, pending } = runner.stats ?? { passes: 0, failures: 0, pending: 0 };
        const result: TestReport = { passed: passes, failed, skipped: pending, tests, failures };
        if (report !== undefined) writeFileSync(report, JSON.stringify(result));
        onReport?.(result);
    });
}

/** Mocha makes an instance of whatever its reporter is. */
export default Reporter;
