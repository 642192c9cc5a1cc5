import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "yaml";
import { setPaths } from "../shared/stacks/settingPaths";
import { loadStackConfig as loadFiles } from "../shared/stacks/stackConfig";
import { UserError } from "../shared/terminal/errors";
import { at, type Values } from "./engine/values";
import { isPlainObject } from "../shared/values/plainObjects";

/** A setting that the overlay changed. */
export interface ConfigChange {
    key: string;
    from: string | undefined;
    to: string;
}

/** The settings of one stack, as the CLI passes them to a program. */
export interface StackConfig {
    project: string;
    config: Record<string, string>;
    secretKeys: string[];
    changes: ConfigChange[];
}

const nameOfType = (type: unknown, items: unknown): string =>
    type === "array" ? `array<${nameOfType(at(items, "type"), at(items, "items"))}>` : String(type);

/** The CLI's rules: every value is text, except lists and objects. */
function fits(value: unknown, type: unknown, items: unknown): boolean {
    if (type === "integer") return /^[+-]?\d+$/.test(JSON.stringify(value).replaceAll('"', ""));
    if (type === "boolean") return typeof value === "boolean" || value === "true" || value === "false";
    if (type === "string") return typeof value === "string";
    if (type === "object") return isPlainObject(value);
    return Array.isArray(value) && value.every((part) => fits(part, at(items, "type"), at(items, "items")));
}

function refuse(problem: string): never {
    throw new UserError(problem);
}

/** Settings that the program accepts only as encrypted by `pulumi config set --secret`. */
export const ENCRYPTED: readonly string[] = [
    ...["collectorHeaders", "collectorTierHeaders", "uiBasicAuth", "jaegerStoragePassword"],
    "jaegerKafkaPassword",
    ...["istioChartPassword", "certManagerChartPassword"],
];

/**
 * Merges the settings of a stack as the CLI does, and rejects missing values and wrong types by its rules.
 *
 * @param overlay File with a `config:` block that overrides the stack's: objects are merged, other values are replaced.
 * @param overrides Values that override everything, as with `pulumi config set --path`. The only way to pass a secret.
 * @param file Replaces Pulumi.STACK.yaml.
 */
export function loadStackConfig(
    projectDir: string,
    stack: string,
    overlay?: string,
    overrides: Record<string, string> = {},
    file?: string,
): StackConfig {
    const { project, values, overlaid } = loadFiles(projectDir, stack, overlay, file);
    const read = (path: string): Values => (parse(readFileSync(path, "utf8")) ?? {}) as Values;
    const stackPath = file ?? join(projectDir, `Pulumi.${stack}.yaml`);
    const stackFile = read(stackPath);
    const full = (key: string): string => (key.includes(":") ? key : `${project}:${key}`);
    if (stackFile["environment"] !== undefined) refuse(`${basename(stackPath)}: "environment" is not served.`);
    const sealed = Object.entries(values).find(([, value]) => value.includes('"secure":'));
    if (sealed !== undefined)
        refuse(`The encrypted value of ${sealed[0]} cannot be decrypted here: pass it at run time.`);
    const changed = Object.fromEntries(Object.entries(overrides).map(([path, value]) => [full(path), value]));
    const config = setPaths(values, changed);
    const inFile = Object.keys((stackFile["config"] ?? {}) as Values).map(full);
    const declared = Object.entries((read(join(projectDir, "Pulumi.yaml"))["config"] ?? {}) as Record<string, Values>);
    const secretKeys = declared.filter(([, entry]) => at(entry, "secret") === true).map(([key]) => full(key));
    const missing = declared.filter(([key]) => config[full(key)] === undefined).map(([key]) => `'${key}'`);
    const about = `Stack '${stack}'`;
    if (missing.length > 0) refuse(`${about} is missing configuration values ${missing.sort().join(", ")}`);
    for (const [key, entry] of declared) {
        const [type, items] = [at(entry, "type"), at(entry, "items")];
        const text = config[full(key)] ?? "";
        const named = `${about} with configuration key '${key}' must be`;
        const plain = secretKeys.includes(full(key)) && inFile.includes(full(key));
        if (plain) refuse(`${named} encrypted as it's secret`);
        const value = type === "object" || type === "array" ? parseJson(text) : text;
        if (type !== undefined && !fits(value, type, items)) refuse(`${named} of type '${nameOfType(type, items)}'`);
    }
    const changes = overlaid.map(({ key, before, after }) => ({ key, from: before, to: after }));
    const encrypted = ENCRYPTED.map(full);
    const given = Object.keys(overrides)
        .map(full)
        .filter((key) => encrypted.includes(key));
    return { project, config, secretKeys: [...new Set([...secretKeys, ...given])], changes };
}

function parseJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}
