import { runTool, type ToolResult } from "./run";

/** Checks the types, which the runtime configuration leaves out (`noCheck`) so that `pulumi up` starts fast. */
export function typecheck(project = "tsconfig.json"): Promise<ToolResult> {
    return runTool("@typescript/native/bin/tsc", ["--noEmit", "--noCheck", "false", "--project", project]);
}
