import { policyCommand } from "./policy/command";
import { runCommand } from "./ui/run";

runCommand(async (args) => {
    const { output, exitCode } = await policyCommand(args);
    console.log(output);
    return exitCode;
});
