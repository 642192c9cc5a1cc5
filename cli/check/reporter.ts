import { writeFileSync } from "node:fs";
import { reporters, Runner, type MochaOptions } from "mocha";
import { originalStack } from "../../translate.cjs";

/** The result of a test run, for the command that started it. */
export interface TestReport {
    passed: number;
    failed: number;
    skipped: number;
    /** In the order in which they ran, without hooks. */
    tests: { title: string; seconds: number }[];
}

/**
 * Mocha's reporter `spec` or `dot`, with lines of TypeScript files in stack traces.
 *
 * Options of `--reporter-option`: `base=dot`; `report=FILE` writes a {@link TestReport} as JSON.
 */
function Reporter(runner: Runner, options: MochaOptions): void {
    const { base, report } = (options.reporterOptions ?? {}) as { base?: string; report?: string };
    new (base === "dot" ? reporters.Dot : reporters.Spec)(runner, options);
    const { EVENT_RUN_END, EVENT_TEST_END, EVENT_TEST_FAIL } = Runner.constants;
    const tests: TestReport["tests"] = [];
    runner.on(EVENT_TEST_FAIL, (_, error: Error) => {
        if (error.stack !== undefined) error.stack = originalStack(error.stack);
    });
    runner.on(EVENT_TEST_END, (test) => {
        tests.push({ title: test.fullTitle(), seconds: (test.duration ?? 0) / 1000 });
    });
    runner.once(EVENT_RUN_END, () => {
        if (report === undefined) return;
        const { passes, failures, pending } = runner.stats ?? { passes: 0, failures: 0, pending: 0 };
        const result: TestReport = { passed: passes, failed: failures, skipped: pending, tests };
        writeFileSync(report, JSON.stringify(result));
    });
}

/** Mocha instantiates its reporter. */
export default Reporter;
