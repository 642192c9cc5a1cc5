import { transformSync } from "@swc/core";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { isPlainObject, mapAt } from "../../shared/values/plainObjects";

/** Where the doctor in the cluster starts. */
const ENTRY = "doctor/inCluster/main.ts";

/** What was written. */
export interface Packed {
    files: number;
    packages: number;
}

/**
 * Writes the doctor's translated source, as far as its entry reaches it, and the npm packages that it needs.
 *
 * @param root of this project, with installed packages.
 */
export function packDoctor(root: string, folder: string): Packed {
    const sources = new Map<string, string>();
    const packages = new Set<string>();
    const waiting = [join(root, ENTRY)];
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
        if (sources.has(file)) continue;
        const code = translate(file);
        sources.set(file, code);
        for (const [, name = ""] of code.matchAll(/\brequire\("([^"]+)"\)/g)) {
            if (name.startsWith(".")) waiting.push(sourceOf(resolve(dirname(file), name)));
            else if (!isBuiltin(name)) addPackage(root, packageOf(name), packages);
        }
    }
    for (const [file, code] of sources) {
        const target = join(folder, relative(root, file).replace(/\.ts$/, ".js"));
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, code);
    }
    for (const path of packages)
        cpSync(join(root, path), join(folder, path), { recursive: true, dereference: true, filter: isNeeded });
    writeFileSync(join(folder, "package.json"), `${JSON.stringify({ private: true, type: "commonjs" })}\n`);
    return { files: sources.size, packages: packages.size };
}

function translate(filename: string): string {
    const { code } = transformSync(readFileSync(filename, "utf8"), {
        filename,
        swcrc: false,
        jsc: { parser: { syntax: "typescript" }, target: "es2023" },
        module: { type: "commonjs" },
    });
    return code;
}

function sourceOf(path: string): string {
    const found = [`${path}.ts`, join(path, "index.ts"), path].find((file) => existsSync(file));
    if (found === undefined) throw new Error(`expected a source file at ${path}, got none`);
    return found;
}

/** Such as `yaml` of `yaml/util`, and `@kubernetes/client-node`. */
function packageOf(name: string): string {
    return name.split("/", name.startsWith("@") ? 2 : 1).join("/");
}

/** Adds a package and all that it depends on, as paths below the root. */
function addPackage(root: string, name: string, found: Set<string>, from = ""): void {
    const path = installedAt(root, name, from);
    if (path === undefined || found.has(path)) return;
    found.add(path);
    const manifest: unknown = JSON.parse(readFileSync(join(root, path, "package.json"), "utf8"));
    const needed = isPlainObject(manifest) ? Object.keys(mapAt(manifest, "dependencies")) : [];
    for (const other of needed.filter((one) => !one.startsWith("@types/"))) addPackage(root, other, found, path);
}

/** Where Node.js finds a package that another one imports; undefined for an optional one that is not installed. */
function installedAt(root: string, name: string, from: string): string | undefined {
    for (let folder = from; ; folder = dirname(folder)) {
        const path = join(folder === "." ? "" : folder, "node_modules", name);
        if (existsSync(join(root, path, "package.json"))) return path;
        if (folder === "" || folder === ".") return undefined;
    }
}

/** Types and source maps only matter to developers; packages inside of a package are listed on their own. */
function isNeeded(path: string): boolean {
    return !/\.(map|[cm]?ts)$/.test(path) && !/node_modules\/.*\/node_modules$/.test(path);
}
