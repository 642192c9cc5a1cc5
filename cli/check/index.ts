import { policyCommand } from "../policy/command";
import { UserError } from "../../shared/terminal/errors";
import { runSteps, type StepTiming } from "../../shared/terminal/steps";
import { checkFormat } from "./format";
import { checkImports } from "./imports";
import { checkLint } from "./lint";
import { NO_TESTS, runMocha, type TestRun } from "./mocha";
import type { ToolResult } from "./run";
import { checkSpelling } from "./spelling";
import { checkTypes } from "./typecheck";

/** Files with long tests first, so that all processes end at about the same time. */
const TESTS = ["upgrade", "policy", "golden", "unit"].map((folder) => `tests/${folder}/**/*.test.ts`);

/** Tests wait for processes that they start, so that two of these leave a core idle at times. */
const TEST_PROCESSES = 3;

/** The result of `npm run check`. */
export interface CheckResult {
    timings: StepTiming[];
    tests: TestRun;
}

/**
 * Runs format, lint, imports, types and spelling checks, and policy, unit, golden and upgrade tests, in parallel. Needs
 * no root and no cluster.
 */
export async function runChecks(): Promise<CheckResult> {
    let tests: TestRun | undefined;
    const failures: string[] = [];
    const step = (name: string, cure: string, run: () => Promise<ToolResult>) => ({
        name,
        run: async (): Promise<void> => {
            const { code, output } = await run();
            if (code === 0) return;
            failures.push(`${name}: ${cure}\n${output.trim()}`);
            throw new UserError(`${name} failed`);
        },
    });
    const steps = [
        step("Lint", "fix what Oxlint reports", () => checkLint()),
        step("Imports", "import from a lower room, or move the shared code below both", () => checkImports()),
        step("Types", "fix what the compiler reports", () => checkTypes()),
        step("Unit, golden, policy and upgrade tests", "fix what the tests report", async () => {
            tests = await runMocha(TESTS, { base: "dot", args: ["--parallel", "--jobs", String(TEST_PROCESSES)] });
            return tests;
        }),
        step("Policy of every stack", "fix what the rules report", async () => {
            const { output, exitCode } = await policyCommand([]);
            return { output, code: exitCode };
        }),
        step("Spelling", "correct the word, or add a term of the field to cspell-words.txt", () => checkSpelling()),
        step("Format", 'run "npx oxfmt"', () => checkFormat()),
    ];
    try {
        const timings = await runSteps(steps, "together");
        return { timings, tests: tests ?? { ...NO_TESTS, code: 1, output: "" } };
    } catch (error) {
        if (failures.length === 0) throw error;
        throw new UserError(
            `${String(failures.length)} of ${String(steps.length)} checks failed\n\n${failures.join("\n\n")}`,
        );
    }
}
