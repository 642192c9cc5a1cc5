import type { z } from "zod";
import { nearest } from "../../shared/values/nearest";
import type { Field } from "./field";
import { showSetting, type SettingsProblem } from "./problems";

/** What a schema refuses in a value, each problem with its path below `key`. */
export function findSchemaProblems(
    key: string,
    field: Omit<Field, "default">,
    value: unknown,
    issues: readonly z.core.$ZodIssue[],
): SettingsProblem[] {
    return issues.flatMap((issue) => issueProblems(key, field, value, issue));
}

function issueProblems(
    key: string,
    field: Omit<Field, "default">,
    value: unknown,
    issue: z.core.$ZodIssue,
): SettingsProblem[] {
    const path = issue.path.map(String);
    if (issue.code === "unrecognized_keys") {
        return issue.keys.map((unknown) => ({
            key: [key, ...path, unknown].join("."),
            expected: field.expected,
            got: `the unknown key ${showSetting(unknown)}`,
            next: meant(field.schema, path, [key, ...path].join("."), unknown) ?? `remove it; ${field.next}`,
        }));
    }
    let at: unknown = value;
    for (const part of path) at = (at as Record<string, unknown> | undefined)?.[part];
    // What is wrong with a name in an object stands inside of the issue.
    const expected = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
    const [got, next] =
        issue.code === "invalid_key" ? [path.at(-1), "choose another name for it, or remove it"] : [at, field.next];
    return [{ key: [key, ...path].join("."), expected, got: shown(field, got, path[0]), next }];
}

/** What a misspelt key was meant to be. */
function meant(schema: z.ZodType, path: string[], at: string, unknown: string): string | undefined {
    const near = nearest(unknown, keysAt(schema, path));
    return near === undefined ? undefined : `did you mean ${at}.${near}?`;
}

/** The keys that a schema has for the object at a path. */
function keysAt(schema: z.ZodType, [name, ...rest]: string[]): string[] {
    const { in: input, innerType, shape, valueType, element } = schema.def as SchemaParts;
    const inner = input ?? innerType;
    if (inner !== undefined) return keysAt(inner, name === undefined ? [] : [name, ...rest]);
    if (name === undefined) return Object.keys(shape ?? {});
    const next = shape?.[name] ?? valueType ?? element;
    return next === undefined ? [] : keysAt(next, rest);
}

/** The part of a schema's definition that is looked at; which fields there are depends on its type. */
interface SchemaParts {
    in?: z.ZodType;
    innerType?: z.ZodType;
    shape?: Record<string, z.ZodType>;
    valueType?: z.ZodType;
    element?: z.ZodType;
}

/** The schemas of single values say themselves what they take; zod's words about types are for programmers. */
export function wordsFor({ expected }: Pick<Field, "expected">): z.core.$ZodErrorMap {
    return ({ code, values }) => {
        const wrongType = code === "invalid_type" || (code === "invalid_value" && (values as unknown[]).length === 1);
        return wrongType ? expected : undefined;
    };
}

/** What a field says about the fault that its schema has named, if it has. */
export function wordsForFault(
    { faults = {} }: Pick<Field, "faults">,
    issues: readonly z.core.$ZodIssue[],
): { expected: string; next: string } | undefined {
    const named = issues.flatMap((issue) => (issue.code === "custom" ? [String(issue.params?.["fault"])] : []));
    return named.map((fault) => faults[fault]).find((words) => words !== undefined);
}

/** A value as a message may show it. */
export function shown({ secret = false }: Pick<Field, "secret">, value: unknown, part = ""): string {
    if (typeof secret === "boolean" ? !secret : !secret.includes(part)) return showSetting(value);
    // What is not there is no secret.
    if (value === null || value === undefined || value === "") return showSetting(value);
    const kind =
        typeof value === "string" ? `text of ${String(value.length)} characters` : `a value of type ${typeof value}`;
    return `${kind}, which is not shown`;
}
