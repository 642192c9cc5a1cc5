import { join } from "node:path";
import { cacheFolder } from "./cache";
import { PROJECT_DIR, runTool, type ToolResult } from "./run";

/**
 * Checks the spelling of documentation, comments and stack files, as cspell.json configures it. What has not changed is
 * read from a cache, which knows a file by its content and by the configuration and the dictionaries.
 */
export function checkSpelling(root = PROJECT_DIR): Promise<ToolResult> {
    const cache = ["--cache", "--cache-strategy", "content", "--cache-location", join(cacheFolder(root), "cspell")];
    const args = ["lint", "--no-progress", "--no-summary", "--show-suggestions", ...cache];
    return runTool("cspell/bin.mjs", args, { cwd: root });
}
