import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { GENERATED } from "./docs/index";
import { runCommand } from "../shared/terminal/run";

runCommand(async () => {
    for (const [file, render] of Object.entries(GENERATED)) {
        writeFileSync(join(__dirname, "..", file), await render());
        console.log(`Wrote ${file}.`);
    }
    console.log("Next: review the changes with git diff, then commit them.");
    return 0;
});
