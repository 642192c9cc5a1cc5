import { runTool, type ToolResult } from "./run";

/** A cache below node_modules, like others. Results of unchanged files come from it, which saves most of the time. */
const CACHE = "node_modules/.cache/istio-tracing/cspell";

/** Checks the spelling of documentation, comments and stack files, as cspell.json configures it. */
export function checkSpelling(): Promise<ToolResult> {
    const cache = ["--cache", "--cache-location", CACHE, "--cache-strategy", "content"];
    return runTool("cspell/bin.mjs", ["lint", "--no-progress", "--no-summary", "--show-suggestions", ...cache]);
}
