import { isAbsolute, relative } from "node:path";
import { parseJson } from "../../shared/values/plainObjects";
import { codeFiles, keysWithImports } from "./cache/keys";
import { Passes } from "./cache/passes";
import { PROJECT_DIR, runTool, type ToolResult } from "./run";

/** What ESLint's formatter `json` says of a file. */
interface FileResult {
    filePath: string;
    messages: { line?: number; column?: number; ruleId: string | null; message: string }[];
}

/**
 * Lints the files that have not passed as they are now.
 *
 * ESLint's own cache knows a file by its content alone, but rules with types also judge it by what it imports.
 *
 * @param run ESLint on these files; with what its formatter `json` writes.
 */
export async function lint(root = PROJECT_DIR, run: typeof eslint = eslint): Promise<ToolResult> {
    const passes = new Passes("lint", root);
    const keys = keysWithImports(root, codeFiles(root));
    const files = passes.unproved(keys);
    if (files.length === 0) return { code: 0, output: "" };
    const { code, output } = await run(root, files);
    const results = parseJson(output);
    // It could not run, and says why.
    if (!Array.isArray(results)) return { code: code === 0 ? 1 : code, output };
    const found = (results as FileResult[]).filter(({ messages }) => messages.length > 0);
    const named = new Set(found.map(({ filePath }) => pathFrom(root, filePath)));
    // What was edited meanwhile was not linted as it is in either state.
    const after = keysWithImports(root, [...keys.keys()]);
    passes.record(new Map([...keys].filter(([file, key]) => !named.has(file) && after.get(file) === key)));
    return { code: code === 0 && found.length > 0 ? 1 : code, output: found.flatMap(describeFile(root)).join("\n") };
}

/** Runs ESLint, which leaves out files that its configuration ignores. */
async function eslint(root: string, files: string[]): Promise<ToolResult> {
    const args = ["--max-warnings", "0", "--format", "json", "--no-warn-ignored", ...files];
    const { code, output } = await runTool("eslint/bin/eslint.js", args, { cwd: root });
    // Node.js may have said something as well.
    return { code, output: output.split("\n").find((line) => line.startsWith("[{")) ?? output };
}

const pathFrom = (root: string, file: string): string => (isAbsolute(file) ? relative(root, file) : file);

const describeFile =
    (root: string) =>
    ({ filePath, messages }: FileResult): string[] =>
        messages.map(({ line, column, ruleId, message }) => {
            const place = [pathFrom(root, filePath), line, column].filter((part) => part !== undefined).join(":");
            return `${place}  ${message}  ${ruleId ?? ""}`.trimEnd();
        });
