import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import type { Keys } from "./passes";

const CODE = /\.[cm]?[jt]sx?$/;
/** What every result depends on beside the code: compiler options, rules, and which packages are installed. */
const COMMON = [
    ...["package.json", "package-lock.json", "node_modules/.package-lock.json"],
    ...["tsconfig.json", "eslint.config.mjs", ".dependency-cruiser.mjs"],
];
const IGNORED = ["node_modules", "coverage"];
const ENDINGS = [".ts", ".cts", ".mts", ".tsx", ".d.ts", ".d.cts", ".d.mts", ".js", ".cjs", ".mjs", ".json"];

/** The files of code below a folder, by their paths from it. Folders with a dot hold no code of the project. */
export function codeFiles(root: string, folder = ""): string[] {
    return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
        const path = posix.join(folder, entry.name);
        if (!entry.isDirectory()) return CODE.test(entry.name) ? [path] : [];
        return entry.name.startsWith(".") || IGNORED.includes(entry.name) ? [] : codeFiles(root, path);
    });
}

/**
 * For each file, a hash of all that a check with types reads for it: the file, what it imports directly and
 * indirectly, declarations that need no import, configuration, packages, and this Node.js.
 *
 * Packages count by their versions: a package that somebody edits in node_modules changes no hash.
 */
export function keysWithImports(root: string, files: readonly string[]): Keys {
    const sources = new Sources(root);
    const ambient = files.filter((file) => sources.get(file)?.ambient);
    const common = [process.version, ...describe(sources, [...COMMON, ...ambient])];
    return new Map(
        files.map((file) => {
            const reached = new Set([file]);
            for (const path of reached) for (const next of sources.get(path)?.links ?? []) reached.add(next);
            return [file, hash([...common, ...describe(sources, [...reached].sort())].join("\n"))];
        }),
    );
}

interface Source {
    hash: string;
    /** Files of the project that it may import. */
    links: string[];
    /** True for declarations that other files see without an import. */
    ambient: boolean;
}

/** The project's files, each read once. */
class Sources {
    private readonly root: string;
    private readonly known = new Map<string, Source | undefined>();

    constructor(root: string) {
        this.root = root;
    }

    /** Undefined where there is no such file. */
    get(path: string): Source | undefined {
        if (!this.known.has(path)) this.known.set(path, this.read(path));
        return this.known.get(path);
    }

    private read(path: string): Source | undefined {
        if (!this.exists(path)) return undefined;
        const text = readFileSync(join(this.root, path), "utf8");
        if (!CODE.test(path)) return { hash: hash(text), links: [], ambient: false };
        const links = placesNamed(path, text).filter((place) => this.exists(place));
        return { hash: hash(text), links, ambient: isAmbient(path, text) };
    }

    private exists(path: string): boolean {
        return statSync(join(this.root, path), { throwIfNoEntry: false })?.isFile() ?? false;
    }
}

const describe = (sources: Sources, paths: string[]): string[] =>
    paths.map((path) => `${path} ${sources.get(path)?.hash ?? "none"}`);

/**
 * Where the relative paths in quotes may lead: more than the imports, never fewer. Every place that a resolver tries
 * counts, so that a file that takes another one's place changes the hash.
 */
function placesNamed(file: string, text: string): string[] {
    const named = [...text.matchAll(/["'`](\.{1,2}(?:\/[^"'`\n]*)?)["'`]/g)].map(([, path = ""]) => path);
    const bases = [...new Set(named)].map((path) => posix.join(posix.dirname(file), path));
    return bases.flatMap((base) => {
        const stems = [base, base.replace(/\.[cm]?js$/, ""), posix.join(base, "index")];
        return [base, ...stems.flatMap((stem) => ENDINGS.map((ending) => `${stem}${ending}`))];
    });
}

function isAmbient(path: string, text: string): boolean {
    if (!/ts$/.test(path)) return false;
    return (
        /\.d\.[cm]?ts$/.test(path) || !/^(import|export)\b/m.test(text) || /^\s*declare (global|module)\b/m.test(text)
    );
}

function hash(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}
