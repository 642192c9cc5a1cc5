import { runMocha } from "./check/mocha";
import { UserError } from "../shared/terminal/errors";
import { runCommand } from "../shared/terminal/run";

runCommand(async () => {
    const { code, output } = await runMocha(["tests/golden/**/*.test.ts", "tests/unit/lab/injectionReads.test.ts"], {
        env: { UPDATE_GOLDEN: "1" },
    });
    if (code !== 0)
        throw new UserError(
            `could not write the golden files; fix what the tests report and run this command again:\n${output}`,
        );
    console.log(
        "Recorded the output of each stack below tests/golden/. Next: review it with git diff, then commit it.",
    );
    return 0;
});
