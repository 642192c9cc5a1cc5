import { policyCommand } from "./policy/command";
import { runCommand } from "../shared/terminal/run";

runCommand(async (args) => {
    const { output, exitCode } = await policyCommand(args);
    console.log(output);
    return exitCode;
});
