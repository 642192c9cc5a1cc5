import { runTool, type ToolResult } from "./run";

/** Checks the types, because nothing checks them at run time. */
export function typecheck(project = "tsconfig.json"): Promise<ToolResult> {
    return runTool("@typescript/native/bin/tsc", ["--noEmit", "--project", project]);
}
