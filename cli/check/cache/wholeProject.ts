import type { ToolResult } from "../run";
import { codeFiles, keysWithImports } from "./keys";
import { Passes } from "./passes";

/** Runs a check of all code at once, unless it has passed and no file of code has changed, come or gone since. */
export async function unlessPassed(
    check: string,
    root: string,
    run: (root: string) => Promise<ToolResult>,
): Promise<ToolResult> {
    const passes = new Passes(check, root);
    const keyOfAll = (): string => JSON.stringify([...keysWithImports(root, codeFiles(root))]);
    const key = keyOfAll();
    const keys = new Map([["all code", key]]);
    if (passes.unproved(keys).length === 0) return { code: 0, output: "" };
    const result = await run(root);
    // What was edited meanwhile was not checked as it is in either state.
    if (result.code === 0 && keyOfAll() === key) passes.record(keys);
    return result;
}
