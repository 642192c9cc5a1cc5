import { join } from "node:path";
import { cacheFolder } from "./cache";
import { PROJECT_DIR, runTool, type ToolResult } from "./run";

/** Checks the format of all files. Prettier's cache knows each by its content, its options and Prettier's version. */
export function checkFormat(root = PROJECT_DIR): Promise<ToolResult> {
    const cache = ["--cache", "--cache-strategy", "content", "--cache-location", join(cacheFolder(root), "prettier")];
    return runTool("prettier/bin/prettier.cjs", ["--check", ...cache, "."], { cwd: root });
}
