import { runTool, type ToolResult } from "./run";

/** Below node_modules, as other caches: what has not changed is read from it, which saves most of the time. */
const CACHE = "node_modules/.cache/istio-tracing/cspell";

/** Checks the spelling of the documentation, of comments and of stack files, as cspell.json says. */
export function checkSpelling(): Promise<ToolResult> {
    const cache = ["--cache", "--cache-location", CACHE, "--cache-strategy", "content"];
    return runTool("cspell/bin.mjs", ["lint", "--no-progress", "--no-summary", "--show-suggestions", ...cache]);
}
