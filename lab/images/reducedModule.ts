import * as fs from "node:fs";
import * as path from "node:path";
import { type GoPart, moduleFolder } from "./goParts";
import { run } from "./run";

/** How Go is called for a part. */
export interface GoCall {
    go: string;
    env: NodeJS.ProcessEnv;
    log: string;
}

/**
 * Copies a part's go.mod and its reduced modules into a folder, and returns the arguments that make Go use them. Go does
 * not accept an overlay for files of its module cache.
 */
export async function reduceModules(part: GoPart, folder: string, call: GoCall): Promise<string[]> {
    if (part.reduced === undefined) {
        return [];
    }
    const own = moduleFolder(part);
    const replacements: string[] = [];
    for (const [index, { module, folder: dropped, stub }] of part.reduced.entries()) {
        const copy = path.join(folder, `module-${index}`);
        copySources(await fetchModule(part, module, call), copy, dropped);
        fs.mkdirSync(path.join(copy, dropped));
        fs.copyFileSync(path.join(own, stub), path.join(copy, dropped, path.basename(stub)));
        replacements.push(`replace ${module} => ${copy}\n`);
    }
    const modfile = path.join(folder, "go.mod");
    fs.writeFileSync(modfile, [fs.readFileSync(path.join(own, "go.mod"), "utf8"), ...replacements].join("\n"));
    fs.copyFileSync(path.join(own, "go.sum"), path.join(folder, "go.sum"));
    return [`-modfile=${modfile}`];
}

/** The folder of a module that a part's programs import, which loading them fetches. */
async function fetchModule(part: GoPart, module: string, { go, env, log }: GoCall): Promise<string> {
    const template = `{{with .Module}}{{if eq .Path "${module}"}}{{.Dir}}{{end}}{{end}}`;
    const folders = await run({
        what: `fetch the module ${module}`,
        program: go,
        args: ["list", "-mod=readonly", "-deps", "-f", template, ...Object.values(part.programs)],
        cwd: moduleFolder(part),
        env,
        log,
        nextStep: "see the log; modules must be reachable through the Go proxy set on this machine (go env GOPROXY).",
    });
    const folder = folders.split("\n").find((line) => path.isAbsolute(line));
    if (folder === undefined) {
        throw new Error(`No program of ${part.name} imports ${module}; remove it from goParts.ts.`);
    }
    return folder;
}

/** Copies what a module is compiled from, without one folder. */
function copySources(from: string, to: string, dropped: string): void {
    for (const file of fs.readdirSync(from, { recursive: true, encoding: "utf8" })) {
        const isSource = path.basename(file) === "go.mod" || (file.endsWith(".go") && !file.endsWith("_test.go"));
        if (isSource && !file.startsWith(`${dropped}/`)) {
            fs.mkdirSync(path.dirname(path.join(to, file)), { recursive: true });
            fs.copyFileSync(path.join(from, file), path.join(to, file));
        }
    }
}
