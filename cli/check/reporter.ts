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
}

/**
 * Mocha's own reporter `spec`, or `dot`, with the lines of the TypeScript files in stack traces.
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

/** Mocha makes an instance of whatever its reporter is. */
export default Reporter;
