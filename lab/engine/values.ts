import { isPlainObject } from "../../shared/values/plainObjects";

/** Values have the format of the protocol between CLI and program, with marks for secrets, references and unknowns. */
export type Values = Record<string, unknown>;

export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";

const secretOf = (value: unknown): Values | undefined =>
    isPlainObject(value) && value[SIGNATURE] === SECRET ? value : undefined;

export const secret = (value: unknown): unknown => secretOf(value) ?? { [SIGNATURE]: SECRET, value };

/** The value at a path, even inside secrets; undefined if there is none. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
    return path.reduce((current, key) => {
        const plain = secretOf(current)?.["value"] ?? current;
        return typeof plain === "object" && plain !== null ? (plain as Values)[key] : undefined;
    }, value);
}

/** The text at a path, or "". */
export function textAt(value: unknown, ...path: (string | number)[]): string {
    const found = at(value, ...path);
    return typeof found === "string" ? found : "";
}

/** The list at a path, or an empty one. */
export function listAt(value: unknown, ...path: (string | number)[]): unknown[] {
    const found = at(value, ...path);
    return Array.isArray(found) ? (found as unknown[]) : [];
}

/** Copies a value. If `replace` returns a value for a part, the copy contains that value unchanged. */
export function mapValue(value: unknown, replace: (part: unknown) => unknown): unknown {
    const replaced = replace(value);
    if (replaced !== undefined) return replaced;
    if (Array.isArray(value)) return (value as unknown[]).map((part) => mapValue(part, replace));
    if (!isPlainObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, mapValue(part, replace)]));
}

/** The same without marks: secrets as plain text, references as IDs. */
export function reveal<T>(value: T): T {
    return mapValue(value, (part) => {
        if (isPlainObject(part) && part[SIGNATURE] === REFERENCE) return part["id"] ?? part["urn"];
        const hidden = secretOf(part);
        return hidden && reveal(hidden["value"] ?? null);
    }) as T;
}

/** The value for people: placeholders replace secrets and, if a placeholder is given, unknowns. */
export function hide(values: Values, unknown?: string): Values {
    const shown = (part: unknown): unknown => (part === UNKNOWN ? unknown : secretOf(part) && "[secret]");
    return mapValue(values, shown) as Values;
}

function leaves(value: unknown, inSecret = false): [unknown, boolean][] {
    if (typeof value !== "object" || value === null) return [[value, inSecret]];
    return Object.values(value).flatMap((part) => leaves(part, inSecret || secretOf(value) !== undefined));
}

export const hasUnknown = (value: unknown): boolean => leaves(value).some(([leaf]) => leaf === UNKNOWN);

/** Every secret text in a value, to remove it from messages. */
export const secretTexts = (value: unknown): string[] =>
    leaves(value).flatMap(([leaf, hidden]) => (hidden && typeof leaf === "string" && leaf !== SECRET ? [leaf] : []));

/** Marks the secrets of `inputs` in `outputs`. The data of a Kubernetes Secret is always secret. */
export function markSecrets(outputs: Values, inputs: Values): Values {
    const data = outputs["kind"] === "Secret" ? ["data", "stringData"] : [];
    const marked = Object.entries(outputs).map(([key, output]) => {
        const input = inputs[key];
        if (data.includes(key)) return [key, secret(output)];
        if (isPlainObject(output) && isPlainObject(input) && !secretOf(input)) return [key, markSecrets(output, input)];
        return [key, leaves(input).some(([, hidden]) => hidden) ? secret(output) : output];
    });
    return Object.fromEntries(marked) as Values;
}

/** Merges `over` into `base`: objects are merged, other values come from `over`. */
export function merge(base: unknown, over: unknown): unknown {
    if (!isPlainObject(base) || !isPlainObject(over) || secretOf(base) || secretOf(over)) return over;
    const merged = Object.entries(over).map(([key, part]) => [key, key in base ? merge(base[key], part) : part]);
    return { ...base, ...(Object.fromEntries(merged) as Values) };
}
