import { runChecks } from "./check/index";
import { runCommand } from "../shared/terminal/run";

runCommand(async () => {
    const { tests } = await runChecks();
    console.log(
        `\nFormat, lint, imports, types, spelling and policies are correct; ${String(tests.passed)} passed, ${String(tests.failed)} failed.`,
    );
    console.log("Next: npm test (the same checks, then the tests in the lab; Linux, root)");
    return 0;
});
