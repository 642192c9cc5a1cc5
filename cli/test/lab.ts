import { relative } from "node:path";
import { labTestFiles, LAB_TESTS } from "../check/labTests";
import { NO_TESTS } from "../check/mocha";
import type { TestReport } from "../check/reporter";
import { FULL } from "../../tests/lab/support/fullRun";
import { labCount, machineSize } from "./lanes";
import { LabProcess, type FileRun } from "./labProcess";
import { longestFirst, runQueue } from "./queue";
import { recordedSeconds } from "./seconds";

/** Paths from tests/lab, and why their tests do not run beside others. */
const ALONE: Readonly<Record<string, string>> = {
    "cluster/supervisor.test.ts": "counts how often a process wakes up",
    "images/parts.test.ts": "asserts that a cached build takes less than a second",
    "lifecycle/ownCluster.test.ts": "listens on the port of the host that the README names",
};

/** How the tests on the lab's real parts went. */
export interface LabRun extends TestReport {
    /** In the order in which they ended. */
    files: { file: string; seconds: number }[];
    labs: number;
    interrupted: boolean;
}

/**
 * Runs all lab tests, on as many labs side by side as LABS says; each file's output in one piece.
 *
 * Ctrl-C ends every file at its next test, and takes the labs down.
 */
export async function runLabTests(say: (text: string) => void): Promise<LabRun> {
    const all = labTestFiles({ full: FULL });
    const isAlone = (file: string): boolean => relative(LAB_TESTS, file) in ALONE;
    const seconds = recordedSeconds();
    const labs = labCount(machineSize(), process.env["LABS"]);
    if (labs > 1) say(`On ${String(labs)} labs side by side; LABS=1 uses one.`);
    const processes: LabProcess[] = [];
    const results: FileRun[] = [];
    const abort = new AbortController();
    const stop = (): void => {
        abort.abort();
        for (const one of processes) one.stop();
    };
    for (const signal of SIGNALS) process.on(signal, stop);
    try {
        await runQueue({
            together: longestFirst(
                all.filter((file) => !isAlone(file)),
                seconds,
            ),
            alone: longestFirst(all.filter(isAlone), seconds),
            lanes: labs,
            start: (number) => {
                const started = new LabProcess(number);
                processes.push(started);
                return started;
            },
            onResult: (result) => {
                results.push(result);
                if (result.output !== "") say(result.output.trimEnd());
            },
            signal: abort.signal,
        });
    } finally {
        for (const signal of SIGNALS) process.off(signal, stop);
    }
    return { ...sum(results), files: results, labs, interrupted: abort.signal.aborted };
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Adds the counts up. A run without a single test counts as failed. */
export function sum(reports: readonly TestReport[]): TestReport {
    const all = reports.reduce(
        (total, { passed, failed, skipped, tests, failures }) => ({
            passed: total.passed + passed,
            failed: total.failed + failed,
            skipped: total.skipped + skipped,
            tests: [...total.tests, ...tests],
            failures: [...total.failures, ...failures],
        }),
        NO_TESTS,
    );
    return all.passed + all.failed === 0 ? { ...all, failed: 1 } : all;
}
