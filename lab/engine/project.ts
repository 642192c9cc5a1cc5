import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { at, textAt } from "./values";

/** The parts of Pulumi.yaml that the engine needs. */
export interface Project {
    name: string;
    /** Whether Pulumi translates the program; true unless `runtime.options.typescript` is false, as in the CLI. */
    typescript: boolean;
    /** Arguments of node, from `runtime.options.nodeargs`. */
    nodeArguments: string[];
}

export function readProject(projectDir: string): Project {
    const file: unknown = parse(readFileSync(join(projectDir, "Pulumi.yaml"), "utf8"));
    const { typescript, nodeargs } = (at(file, "runtime", "options") ?? {}) as Record<string, unknown>;
    return {
        name: textAt(file, "name"),
        typescript: typescript !== false,
        nodeArguments: typeof nodeargs === "string" ? nodeargs.split(/\s+/).filter((word) => word !== "") : [],
    };
}
