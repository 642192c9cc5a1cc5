import { unlessPassed } from "./cache";
import { PROJECT_DIR, runTool, type ToolResult } from "./run";

/** Lints all code by the rules of .oxlintrc.json, with types. */
export function checkLint(root = PROJECT_DIR): Promise<ToolResult> {
    return unlessPassed("lint", root, () => lint(root));
}

/** Lints files below a folder by its own .oxlintrc.json. */
export function lint(root: string): Promise<ToolResult> {
    const args = ["--type-aware", "--deny-warnings", "--report-unused-disable-directives", "--format", "unix"];
    return runTool("oxlint/bin/oxlint", args, { cwd: root });
}
