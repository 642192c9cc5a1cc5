import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import type { ToolResult } from "./run";

const CODE = /\.([cm]?[jt]sx?|json)$/;
/** Rules of the tools, which have their names from a dot, and the packages that are installed. */
const BESIDE_CODE = [".oxlintrc.json", ".dependency-cruiser.mjs", "node_modules/.package-lock.json"];
const IGNORED = ["node_modules", "coverage"];

/**
 * Runs a check of all code, unless it has passed and no file of code has changed, come or gone since.
 *
 * A failure is not kept, so that the next run names it again. Packages count by their versions: one that somebody edits
 * in node_modules goes unnoticed.
 */
export async function unlessPassed(
    check: string,
    root: string,
    run: (root: string) => Promise<ToolResult>,
): Promise<ToolResult> {
    const record = join(cacheFolder(root), `${check}.sha256`);
    const state = hashOfCode(root);
    if (readIfThere(record) === state) return { code: 0, output: "" };
    const result = await run(root);
    // What was edited meanwhile was not checked as it is in either state.
    if (result.code === 0 && hashOfCode(root) === state) write(record, state);
    return result;
}

/** A folder for what checks of a checkout keep. Checkouts that share one node_modules have a folder each. */
export function cacheFolder(root: string): string {
    const checkout = createHash("sha256").update(root).digest("hex").slice(0, 8);
    return join(root, "node_modules", ".cache", "istio-tracing", "check", checkout);
}

/** A hash of all that a check of code reads: code, rules, packages, and this Node.js. */
function hashOfCode(root: string): string {
    const hash = createHash("sha256").update(process.version);
    for (const file of [...codeFiles(root), ...BESIDE_CODE])
        hash.update(`\0${file}\0${readIfThere(join(root, file)) ?? ""}`);
    return hash.digest("hex");
}

/** Paths from the root. Folders with a dot hold no code of the project. */
function codeFiles(root: string, folder = ""): string[] {
    return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
        const path = posix.join(folder, entry.name);
        if (!entry.isDirectory()) return CODE.test(entry.name) ? [path] : [];
        return entry.name.startsWith(".") || IGNORED.includes(entry.name) ? [] : codeFiles(root, path);
    });
}

function readIfThere(file: string): string | undefined {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
}

function write(file: string, text: string): void {
    mkdirSync(dirname(file), { recursive: true });
    // A run that is killed, or one beside this one, leaves a whole record.
    const draft = `${file}.${String(process.pid)}`;
    writeFileSync(draft, text);
    renameSync(draft, file);
}
