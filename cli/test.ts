import { obstaclesToLab } from "../lab/cluster";
import { choiceOfEnvironment, choosePulumi, describePulumi } from "../lab/pulumi";
import { runChecks } from "./check/index";
import { runMocha, slowestTests } from "./check/mocha";
import { labTestFiles, testTitles } from "./check/labTests";
import { UserError } from "../shared/terminal/errors";
import { runCommand } from "../shared/terminal/run";

runCommand(async () => {
    const started = performance.now();
    const required = process.env["LAB"] === "required";
    const { tests } = await runChecks();
    const obstacles = await obstaclesToLab();
    if (obstacles !== undefined) {
        if (required) throw new UserError(`LAB=required is set, but the lab cannot run here:\n${obstacles}`);
        console.log(`\n${String(tests.passed)} passed, ${String(tests.failed)} failed`);
        console.log(`\nNot run, because the lab cannot run here:`);
        for (const title of await testTitles(labTestFiles())) console.log(`  - ${title}`);
        console.log(`Reason: ${obstacles}`);
        return 0;
    }
    const pulumi = await choosePulumi(choiceOfEnvironment(), (line) => {
        console.log(line);
    });
    const by = pulumi === undefined ? "the lab's embedded engine" : describePulumi(pulumi);
    console.log(`\nTests in the lab. The program runs with: ${by}`);
    const lab = await runMocha(labTestFiles(), {
        args: ["--file", "tests/lab/setup.ts", "--timeout", "300000"],
        onLine: (line) => {
            console.log(line);
        },
    });
    console.log("The slowest tests:");
    for (const { title, seconds } of slowestTests({ tests: [...tests.tests, ...lab.tests] }))
        console.log(`  ${seconds.toFixed(1).padStart(6)} s  ${title}`);
    const seconds = Math.round((performance.now() - started) / 1000);
    console.log(`The whole run took ${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s.`);
    if (lab.skipped > 0 && required)
        throw new UserError(`LAB=required is set, but ${String(lab.skipped)} lab tests were skipped`);
    console.log(`${String(tests.passed + lab.passed)} passed, ${String(tests.failed + lab.failed)} failed`);
    return lab.code === 0 ? 0 : 1;
});
