import Mocha from "mocha";
import { noteTest, releaseLab } from "../../tests/lab/support/sharedLab";
import { NO_TESTS } from "../check/mocha";
import Reporter, { type ReporterOptions, type TestReport } from "../check/reporter";
import type { Answer, Order } from "./orders";

// A process that runs test files on one lab, one after the other, as the process that started it says.

/** Limit of a test that sets none. */
const TIMEOUT_MS = 300_000;

let runner: Mocha.Runner | undefined;
let file = Promise.resolve();
let ending: Promise<never> | undefined;

process.on("message", (order: Order) => {
    if ("end" in order) ending ??= end(order.afterCrash);
    else if (ending === undefined) file = run(order.run);
});
// Nobody is left who could say so.
process.on("disconnect", () => {
    ending ??= end(false);
});
// The process that started this one gets the signal as well, and says what to do.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

async function end(afterCrash: boolean): Promise<never> {
    runner?.abort();
    await file;
    await releaseLab(afterCrash);
    process.exit();
}

async function run(path: string): Promise<void> {
    const answer: Answer = await reportOf(path).catch((error: unknown) => {
        console.log(error);
        return { ...NO_TESTS, failed: 1 };
    });
    if (process.connected) await new Promise((resolve) => process.send?.(answer, undefined, {}, resolve));
}

async function reportOf(path: string): Promise<TestReport> {
    let report: TestReport | undefined;
    const options: ReporterOptions = { onReport: (given) => (report = given) };
    const mocha = new Mocha({
        timeout: TIMEOUT_MS,
        reporter: Reporter as unknown as Mocha.ReporterConstructor,
        reporterOptions: options,
        rootHooks: {
            afterEach(this: Mocha.Context) {
                noteTest(this.currentTest?.state === "passed");
            },
        },
    });
    await mocha.addFile(path).loadFilesAsync();
    // A file whose tests are all for the full run says nothing.
    if (mocha.suite.total() === 0) return NO_TESTS;
    await new Promise((resolve) => {
        runner = mocha.run(resolve);
        if (ending !== undefined) runner.abort();
    });
    runner = undefined;
    return report ?? { ...NO_TESTS, failed: 1 };
}
