import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { at, textAt } from "./values";

/** What the engine needs of a project's Pulumi.yaml. */
export interface Project {
    name: string;
    /** Whether Pulumi translates the program; true unless `runtime.options.typescript` is false, as in the CLI. */
    typescript: boolean;
}

export function readProject(projectDir: string): Project {
    const file: unknown = parse(readFileSync(join(projectDir, "Pulumi.yaml"), "utf8"));
    return { name: textAt(file, "name"), typescript: at(file, "runtime", "options", "typescript") !== false };
}
