import { unlessPassed } from "./cache";
import { PROJECT_DIR, runTool, type ToolResult } from "./run";

/** Checks the types of the project, which nothing does at run time. */
export function checkTypes(): Promise<ToolResult> {
    return unlessPassed("types", PROJECT_DIR, () => typecheck());
}

/** Checks the types of the files that a tsconfig.json names. */
export function typecheck(project = "tsconfig.json"): Promise<ToolResult> {
    return runTool("@typescript/native/bin/tsc", ["--noEmit", "--project", project]);
}
