import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { firstLine, UserError } from "../terminal/errors";
import { misspeltKeys } from "../values/nearest";
import { deepMerge, isPlainObject } from "../values/plainObjects";

/** A stack's configuration, merged as the Pulumi CLI merges it. */
export interface StackConfig {
    project: string;
    /** Full keys (`istio-tracing:samplingPercent`) and their values as text; objects and lists as JSON. */
    values: Record<string, string>;
    /** What an overlay changed: key, in an object with its part, value before (undefined when unset), value after. */
    overlaid: { key: string; before: string | undefined; after: string }[];
}

interface ProjectFile {
    name: string;
    config?: Record<string, { type?: string; default?: unknown; value?: unknown } | string>;
}

/**
 * Reads Pulumi.yaml and Pulumi.STACK.yaml: defaults of the project, then the stack's values, then the overlay's.
 *
 * @param overlay file with a `config:` block of ordinary settings that is laid over the stack; objects are merged.
 * @param file read in the place of Pulumi.STACK.yaml.
 * @throws UserError when a file is missing or is not valid YAML.
 */
export function loadStackConfig(projectDir: string, stack: string, overlay?: string, file?: string): StackConfig {
    const project = readYaml(join(projectDir, "Pulumi.yaml")) as ProjectFile;
    const merged: Record<string, unknown> = {};
    for (const [key, declared] of Object.entries(project.config ?? {})) {
        const preset = typeof declared === "object" ? (declared.value ?? declared.default) : declared;
        if (preset !== undefined) merged[qualify(project.name, key)] = preset;
    }
    for (const [key, value] of Object.entries(readConfig(file ?? stackFile(projectDir, stack)))) {
        merged[qualify(project.name, key)] = value;
    }
    refuseMisspelt(Object.keys(merged), project.name, basename(file ?? stackFileName(stack)));
    const overlaid: StackConfig["overlaid"] = [];
    const over = overlay === undefined ? {} : readConfig(overlay);
    refuseMisspelt(Object.keys(over), project.name, basename(overlay ?? ""));
    for (const [name, value] of Object.entries(over)) {
        const key = qualify(project.name, name);
        overlaid.push(...changesOf(key, merged[key], value));
        merged[key] = layOver(merged[key], value);
    }
    const values = Object.fromEntries(Object.entries(merged).map(([key, value]) => [key, asText(value)]));
    return { project: project.name, values, overlaid };
}

/** The part of a configuration that belongs to the project itself, without the prefix. */
export function ownSettings(config: StackConfig): Record<string, string> {
    const prefix = `${config.project}:`;
    return Object.fromEntries(
        Object.entries(config.values)
            .filter(([key]) => key.startsWith(prefix))
            .map(([key, value]) => [key.slice(prefix.length), value]),
    );
}

/** Names of the stacks that have a file in the project's folder. */
export function stackNames(projectDir: string): string[] {
    return readdirSync(projectDir)
        .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
        .filter((name) => STACK_NAME.test(name))
        .sort();
}

/** As the Pulumi CLI takes them. */
const STACK_NAME = /^[A-Za-z0-9_.-]{1,100}$/;

function stackFileName(stack: string): string {
    return `Pulumi.${stack}.yaml`;
}

/**
 * The file of a stack.
 *
 * @throws UserError when there is none, with the stacks that have one.
 */
export function stackFile(projectDir: string, stack: string): string {
    const isName = STACK_NAME.test(stack);
    const file = join(projectDir, stackFileName(stack));
    if (isName && existsSync(file)) return file;
    const next = isName
        ? `write ${stackFileName(stack)} for a new one`
        : "a name has 1 to 100 letters, digits and . _ -";
    throw new UserError(
        `expected one of the stacks ${stackNames(projectDir).join(", ")}, got ${JSON.stringify(stack)}; ${next}.`,
        2,
    );
}

/** @throws UserError for keys that no program reads, since their prefix is nearly this project's. */
function refuseMisspelt(keys: string[], project: string, file: string): void {
    const found = misspeltKeys(keys, project);
    if (found.length === 0) return;
    const lines = found.map(({ key, meant }) => `  ${key}: did you mean ${meant}?`);
    throw new UserError(
        `${file}: expected the prefix ${project}: for settings of this program, got others, which it would not read:\n` +
            `${lines.join("\n")}\nCorrect them, or remove them.`,
        2,
    );
}

function readConfig(file: string): Record<string, unknown> {
    const content = readYaml(file) ?? {};
    const config = isPlainObject(content) ? (content["config"] ?? {}) : undefined;
    if (isPlainObject(config)) return config;
    throw new UserError(
        `${basename(file)}: expected "config:" with settings below it, each as KEY: VALUE, got something else; ` +
            `write it like Pulumi.dev.yaml.`,
        2,
    );
}

function readYaml(file: string): unknown {
    try {
        return parse(readFileSync(file, "utf8")) as unknown;
    } catch (error) {
        throw new UserError(`${basename(file)} cannot be read: ${firstLine(error as Error).replace(/:$/, "")}`, 2);
    }
}

function qualify(project: string, key: string): string {
    return key.includes(":") ? key : `${project}:${key}`;
}

/** What a value changes that is laid over another one; of an object, each of its parts that does. */
function changesOf(key: string, below: unknown, over: unknown): StackConfig["overlaid"] {
    if (isPlainObject(over) && (below === undefined || isPlainObject(below))) {
        return Object.entries(over).flatMap(([name, part]) => partChange(`${key}.${name}`, below?.[name], part));
    }
    return partChange(key, below, over);
}

function partChange(key: string, before: unknown, over: unknown): StackConfig["overlaid"] {
    if (asText(before) === asText(layOver(before, over))) return [];
    return [{ key, before: before === undefined ? undefined : asText(before), after: asText(over) }];
}

function layOver(below: unknown, over: unknown): unknown {
    return isPlainObject(below) && isPlainObject(over) ? deepMerge(below, over) : over;
}

/** Values reach the program as text. A number loses the form that it has in the file (1.30 becomes 1.3), as in the CLI. */
function asText(value: unknown): string {
    if (value === null || value === undefined) return "";
    return typeof value === "string" ? value : JSON.stringify(value);
}
