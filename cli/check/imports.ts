import { unlessPassed } from "./cache";
import { PROJECT_DIR, runTool, type ToolResult } from "./run";

/** Folders and files with code. */
export const SOURCES = [
    ...["bench", "checks", "cli", "components", "doctor", "lab", "policy", "shared", "tests"],
    ...["index.ts", "plan.ts", "main.cjs", "lazy.cjs", "translate.cjs"],
];

/** Compares every import with the list of rooms. */
export function checkImports(): Promise<ToolResult> {
    const args = ["--config", ".dependency-cruiser.mjs", ...SOURCES];
    return unlessPassed("imports", PROJECT_DIR, () => runTool("dependency-cruiser/bin/dependency-cruiser.mjs", args));
}
