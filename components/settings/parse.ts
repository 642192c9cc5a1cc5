import type { z } from "zod";
import type { Field } from "./field";
import { FIELDS, OBJECT_KEYS, type SettingKey } from "./fields";
import { nearest, show, type SettingsProblem } from "./problems";

/** The settings as their schema returns them, before settings are compared with each other. */
export type ParsedSettings = { [Key in SettingKey]: z.output<(typeof FIELDS)[Key]["schema"]> };

/** The result of reading every setting by itself. */
export interface ParseResult {
    values: ParsedSettings;
    problems: SettingsProblem[];
    /** Settings that could not be read; comparisons leave them out. */
    unusable: ReadonlySet<SettingKey>;
}

/** Reads every setting by itself; `raw` holds the stack's configuration without the project's prefix. */
export function parseSettings(raw: Record<string, string>): ParseResult {
    const problems = unknownKeys(raw);
    const unusable = new Set<SettingKey>();
    const values: Record<string, unknown> = {};
    for (const key of Object.keys(FIELDS) as SettingKey[]) {
        const found = parseField(key, raw[key]);
        if (found.problems.length > 0) unusable.add(key);
        problems.push(...found.problems);
        values[key] = found.value;
    }
    return { values: values as ParsedSettings, problems, unusable };
}

function parseField(key: SettingKey, text: string | undefined): { value: unknown; problems: SettingsProblem[] } {
    const field: Field = FIELDS[key];
    const given = text === undefined ? { value: field.default } : decode(key, text);
    const result = "value" in given ? field.schema.safeParse(given.value) : undefined;
    if (result?.success === true) return { value: result.data, problems: [] };
    const fallback = field.schema.parse(field.default);
    const issues = result?.error.issues ?? [];
    if (!("value" in given) || !OBJECT_KEYS.includes(key) || issues.length === 0) {
        return {
            value: fallback,
            problems: [{ key, expected: field.expected, got: shown(field, text), next: field.next }],
        };
    }
    return { value: fallback, problems: issues.flatMap((issue) => nestedProblems(key, given.value, issue)) };
}

function decode(key: SettingKey, text: string): { value: unknown } | { malformed: true } {
    if (!OBJECT_KEYS.includes(key)) return { value: text };
    try {
        return { value: JSON.parse(text) as unknown };
    } catch {
        return { malformed: true };
    }
}

function nestedProblems(key: SettingKey, value: unknown, issue: z.core.$ZodIssue): SettingsProblem[] {
    const field: Field = FIELDS[key];
    const path = issue.path.map(String);
    if (issue.code === "unrecognized_keys") {
        return issue.keys.map((unknown) => ({
            key: [key, ...path, unknown].join("."),
            expected: field.expected,
            got: `the unknown key ${show(unknown)}`,
            next: `remove it; ${field.next}`,
        }));
    }
    let at: unknown = value;
    for (const part of path) at = (at as Record<string, unknown> | undefined)?.[part];
    // The schemas of single values say themselves what they take; zod's own words are for programmers.
    const ofWholeObject = issue.code === "invalid_type" && ["object", "record"].includes(issue.expected);
    const expected = ofWholeObject ? field.expected : issue.message;
    return [{ key: [key, ...path].join("."), expected, got: shown(field, at), next: field.next }];
}

function shown(field: Field, value: unknown): string {
    if (field.secret !== true) return show(value);
    const kind =
        typeof value === "string" ? `text of ${String(value.length)} characters` : `a value of type ${typeof value}`;
    return `${kind}, which is not shown`;
}

function unknownKeys(raw: Record<string, string>): SettingsProblem[] {
    const known = Object.keys(FIELDS);
    return Object.keys(raw)
        .filter((key) => !known.includes(key))
        .map((key) => {
            const near = nearest(key, known);
            return {
                key,
                expected: "a setting of this program",
                got: `the unknown setting ${show(key)}`,
                next:
                    near === undefined ? `remove it; the settings are ${known.join(", ")}` : `did you mean "${near}"?`,
            };
        });
}
