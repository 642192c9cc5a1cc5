import { PROJECT_DIR, runTool, type ToolResult } from "./run";

/** Checks the format of all files. */
export function checkFormat(root = PROJECT_DIR): Promise<ToolResult> {
    return runTool("oxfmt/bin/oxfmt", ["--list-different"], { cwd: root });
}
