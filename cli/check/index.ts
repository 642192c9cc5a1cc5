import { policyCommand } from "../policy/command";
import { UserError } from "../../shared/terminal/errors";
import { runSteps, type StepTiming } from "../../shared/terminal/steps";
import { checkFormat } from "./format";
import { checkImports } from "./imports";
import { lint } from "./lint";
import { NO_TESTS, runMocha, type TestRun } from "./mocha";
import type { ToolResult } from "./run";
import { checkSpelling } from "./spelling";
import { checkTypes } from "./typecheck";

const TESTS = ["unit", "golden", "policy", "upgrade"].map((folder) => `tests/${folder}/**/*.test.ts`);

/** Each takes the next file when it is free; a third would load everything once more and find no processor. */
const TEST_PROCESSES = 2;

/** What `npm run check` found. */
export interface CheckResult {
    timings: StepTiming[];
    tests: TestRun;
}

/**
 * Format, lint, imports, types, spelling, policy, unit, golden and upgrade tests, all at the same time. Needs no root
 * and no cluster.
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
        step("Lint", "mend what eslint names", () => lint()),
        step("Imports", "import from below, or move what both need below both", () => checkImports()),
        step("Types", "mend what the compiler names", () => checkTypes()),
        step("Unit, golden, policy and upgrade tests", "mend what the tests name", async () => {
            tests = await runMocha(TESTS, { base: "dot", args: ["--parallel", "--jobs", String(TEST_PROCESSES)] });
            return tests;
        }),
        step("Policy of every stack", "mend what the rules name", async () => {
            const { output, exitCode } = await policyCommand([]);
            return { output, code: exitCode };
        }),
        step("Spelling", "correct the word, or add a term of the field to cspell-words.txt", () => checkSpelling()),
        step("Format", 'run "npx prettier --write ."', () => checkFormat()),
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
