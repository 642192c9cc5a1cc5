import { obstaclesToLab } from "../lab/cluster";
import { ensureArtifacts } from "../lab/images";
import { choiceOfEnvironment, choosePulumi, describePulumi } from "../lab/pulumi";
import { UserError } from "../shared/terminal/errors";
import { FULL } from "../tests/lab/support/fullRun";
import { runCommand } from "../shared/terminal/run";
import { runChecks } from "./check/index";
import { labTestFiles, testTitles } from "./check/labTests";
import { slowestTests } from "./check/mocha";
import { runLabTests } from "./test/lab";
import { recordSeconds } from "./test/seconds";

/** As a shell has it for a command that Ctrl-C ended. */
const INTERRUPTED = 130;

const say = (line: string): void => {
    console.log(line);
};

runCommand(async () => {
    const started = performance.now();
    const required = process.env["LAB"] === "required";
    const { tests } = await runChecks();
    const obstacles = await obstaclesToLab();
    if (obstacles !== undefined) {
        if (required) throw new UserError(`LAB=required is set, but the lab cannot run here:\n${obstacles}`);
        say(`\n${String(tests.passed)} passed, ${String(tests.failed)} failed`);
        say(`\nNot run, because the lab cannot run here:`);
        for (const title of await testTitles(labTestFiles({ full: FULL }))) say(`  - ${title}`);
        say(`Reason: ${obstacles}`);
        return 0;
    }
    const pulumi = await choosePulumi(choiceOfEnvironment(), say);
    const by = pulumi === undefined ? "the lab's embedded engine" : describePulumi(pulumi);
    // A first build takes minutes, which is no test's time.
    await ensureArtifacts(say);
    say(`\nTests in the lab. The program runs with: ${by}`);
    const lab = await runLabTests(say);
    if (process.env["RECORD_SECONDS"] === "1" && !lab.interrupted) recordSeconds(lab.files);
    say("\nThe slowest tests:");
    for (const { title, seconds } of slowestTests({ tests: [...tests.tests, ...lab.tests] }))
        say(`  ${seconds.toFixed(1).padStart(6)} s  ${title}`);
    if (lab.failures.length > 0) say(`Failed:\n${lab.failures.map((title) => `  - ${title}`).join("\n")}`);
    const seconds = Math.round((performance.now() - started) / 1000);
    say(`The whole run took ${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s.`);
    if (lab.interrupted) return INTERRUPTED;
    if (lab.skipped > 0 && required)
        throw new UserError(`LAB=required is set, but ${String(lab.skipped)} lab tests were skipped`);
    say(`${String(tests.passed + lab.passed)} passed, ${String(tests.failed + lab.failed)} failed`);
    if (lab.failed === 0 && !FULL)
        say("Next: npm run test:full (further cases and faults, with the real Pulumi CLI; about 90 minutes)");
    return lab.failed === 0 ? 0 : 1;
});
