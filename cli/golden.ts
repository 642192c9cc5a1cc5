import { runMocha } from "./check/mocha";
import { UserError } from "../shared/terminal/errors";
import { runCommand } from "../shared/terminal/run";

runCommand(async () => {
    const { code, output } = await runMocha(["tests/golden/**/*.test.ts", "tests/unit/lab/injectionReads.test.ts"], {
        env: { UPDATE_GOLDEN: "1" },
    });
    if (code !== 0) throw new UserError(`the golden files could not be written:\n${output}`);
    console.log("Recorded what each stack renders below tests/golden/. Next: read it with git diff, then commit it.");
    return 0;
});
