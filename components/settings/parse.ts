import type { z } from "zod";
import { decodeJson } from "./decode";
import type { Field } from "./field";
import { FIELDS, OBJECT_KEYS, type SettingKey } from "./fields";
import { findSecretProblem } from "./misplacedSecrets";
import { nearest } from "../../shared/values/nearest";
import { showSetting, type SettingsProblem } from "./problems";
import { findSchemaProblems, shown, wordsFor, wordsForFault } from "./schemaProblems";

/** The settings as their schema returns them, before settings are compared with each other. */
export type ParsedSettings = { [Key in SettingKey]: z.output<(typeof FIELDS)[Key]["schema"]> };

/** The result of reading every setting by itself. */
export interface ParseResult {
    values: ParsedSettings;
    problems: SettingsProblem[];
    /** Settings that could not be read; comparisons leave them out. */
    unusable: ReadonlySet<SettingKey>;
}

/**
 * Reads every setting by itself.
 *
 * @param raw the stack's configuration without the project's prefix.
 * @param isEncrypted true for a setting that the stack's file holds as a secret, wholly or in part.
 */
export function parseSettings(raw: Record<string, string>, isEncrypted: (key: string) => boolean): ParseResult {
    const problems = unknownKeys(raw);
    const unusable = new Set<SettingKey>();
    const values: Record<string, unknown> = {};
    for (const key of Object.keys(FIELDS) as SettingKey[]) {
        const found = parseField(key, raw[key], isEncrypted(key));
        if (found.problems.length > 0) unusable.add(key);
        problems.push(...found.problems);
        values[key] = found.value;
    }
    return { values: values as ParsedSettings, problems, unusable };
}

function parseField(
    key: SettingKey,
    text: string | undefined,
    isEncrypted: boolean,
): { value: unknown; problems: SettingsProblem[] } {
    const field: Field = FIELDS[key];
    const refused = (...problems: Partial<SettingsProblem>[]): ReturnType<typeof parseField> => ({
        value: field.schema.parse(field.default),
        problems: problems.map((problem) => ({
            ...{ key, expected: field.expected, got: shown(field, text), next: field.next },
            ...problem,
        })),
    });
    // Before anything is looked at, so that no message shows it.
    const misplaced = text !== undefined && isEncrypted ? findSecretProblem(key) : undefined;
    if (misplaced !== undefined) return refused(misplaced);
    const isObject = OBJECT_KEYS.includes(key);
    const given = text !== undefined && isObject ? decodeJson(text) : { value: text ?? field.default };
    if ("lostKey" in given) {
        const expected = "any other name: copies of an object drop this one without a word";
        return refused({ key: `${key}.${given.lostKey}`, expected, got: "that name", next: "remove it" });
    }
    if ("problem" in given) return refused({ expected: `${field.expected}, as ${given.problem}` });
    const result = field.schema.safeParse(given.value, { error: wordsFor(field) });
    if (!result.success) {
        if (!isObject) return refused(wordsForFault(field, result.error.issues) ?? {});
        return refused(...findSchemaProblems(key, field, given.value, result.error.issues));
    }
    const inPlain = field.encrypted === true && text !== undefined && !isEncrypted;
    if (inPlain && Object.keys(result.data as object).length > 0) {
        return refused({ expected: `${field.expected}, encrypted`, got: "values in plain text, which are not shown" });
    }
    return { value: result.data, problems: [] };
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
                got: `the unknown setting ${showSetting(key)}`,
                next:
                    near === undefined ? `remove it; the settings are ${known.join(", ")}` : `did you mean "${near}"?`,
            };
        });
}
