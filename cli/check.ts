import { runChecks } from "./check/index";
import { runCommand } from "../shared/terminal/run";

runCommand(async () => {
    const { tests } = await runChecks();
    console.log(
        `\nFormat, lint, types, spelling and policies are right; ${String(tests.passed)} passed, ${String(tests.failed)} failed.`,
    );
    console.log("Next: npm test (the same, then the tests on the lab's real parts; Linux, root)");
    return 0;
});
