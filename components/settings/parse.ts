import type { z } from "zod";
import { decodeJson } from "./decode";
import type { Field } from "./field";
import { FIELDS, OBJECT_KEYS, type SettingKey } from "./fields";
import { findFormerKeys, findKeyWithPath, formerValue, type GivenSettings } from "./misplacedKeys";
import { FORMER_KEYS, meantBy } from "./formerKeys";
import { readGroup } from "./readGroup";
import { CONFIG_KEYS, groupOf, GROUPS } from "./groups";
import { findSecretProblem } from "./misplacedSecrets";
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

/** Reads every setting by itself. */
export function parseSettings(given: GivenSettings): ParseResult {
    const { raw, isEncrypted } = given;
    const groups = Object.fromEntries(GROUPS.map((group) => [group, readGroup(group, raw[group], isEncrypted(group))]));
    const valueOf = (path: SettingKey): unknown => {
        const group = groupOf(path);
        const values = group === undefined ? raw : (groups[group]?.values ?? {});
        const name = group === undefined ? path : path.slice(group.length + 1);
        return Object.hasOwn(values, name) ? values[name] : undefined;
    };
    const problems = [
        ...unknownKeys(given),
        ...findFormerKeys(given, (path) => valueOf(path) !== undefined),
        ...Object.values(groups).flatMap((group) => group.problems),
    ];
    const unusable = new Set<SettingKey>();
    const values: Record<string, unknown> = {};
    for (const path of Object.keys(FIELDS) as SettingKey[]) {
        const group = groupOf(path);
        const value = valueOf(path);
        const found = parseField(
            path,
            value === undefined ? formerValue(given, path) : value,
            group === undefined && isEncrypted(path),
        );
        if (found.problems.length > 0 || (group !== undefined && groups[group]?.isUsable === false)) unusable.add(path);
        problems.push(...found.problems);
        values[path] = found.value;
    }
    return { values: values as ParsedSettings, problems, unusable };
}

function parseField(
    key: SettingKey,
    given: unknown,
    isEncrypted: boolean,
): { value: unknown; problems: SettingsProblem[] } {
    const field: Field = FIELDS[key];
    const refused = (...problems: Partial<SettingsProblem>[]): ReturnType<typeof parseField> => ({
        value: field.schema.parse(field.default),
        problems: problems.map((problem) => ({
            ...{ key, expected: field.expected, got: shown(field, given), next: field.next },
            ...problem,
        })),
    });
    // Before anything is looked at, so that no message shows it.
    const misplaced = given !== undefined && isEncrypted ? findSecretProblem(key) : undefined;
    if (misplaced !== undefined) return refused(misplaced);
    const isObject = OBJECT_KEYS.includes(key);
    const read =
        given === undefined ? { value: field.default } : isObject ? readObject(given) : { value: asText(given) };
    if ("lostKey" in read) {
        const expected = "any other name: copies of an object silently drop this one";
        return refused({ key: `${key}.${read.lostKey}`, expected, got: "that name", next: "remove it" });
    }
    if ("problem" in read) return refused({ expected: `${field.expected}, as ${read.problem}` });
    const result = field.schema.safeParse(read.value, { error: wordsFor(field) });
    if (!result.success) {
        if (!isObject) return refused(wordsForFault(field, result.error.issues) ?? {});
        return refused(...findSchemaProblems(key, field, read.value, result.error.issues));
    }
    const inPlain = field.encrypted === true && given !== undefined && !isEncrypted;
    if (inPlain && Object.keys(result.data as object).length > 0) {
        return refused({ expected: `${field.expected}, encrypted`, got: "values in plain text, which are not shown" });
    }
    return { value: result.data, problems: [] };
}

/** An object of a key of its own stands in the configuration as JSON; that of a group may do so too. */
function readObject(given: unknown): ReturnType<typeof decodeJson> {
    return typeof given === "string" ? decodeJson(given) : { value: given };
}

/** Numbers and truth values of a group have a type in the stack's file; every other single value reaches the program as text. */
function asText(given: unknown): unknown {
    return typeof given === "number" || typeof given === "boolean" ? String(given) : given;
}

function unknownKeys(given: GivenSettings): SettingsProblem[] {
    return Object.keys(given.raw)
        .filter((key) => !CONFIG_KEYS.includes(key) && !Object.hasOwn(FORMER_KEYS, key))
        .map((key) => {
            const withPath = findKeyWithPath(given, key);
            if (withPath !== undefined) return withPath;
            const near = meantBy(key);
            return {
                key,
                expected: "a setting of this program",
                got: `the unknown setting ${showSetting(key)}`,
                next:
                    near === undefined
                        ? `remove it; the settings are ${CONFIG_KEYS.join(", ")}`
                        : `did you mean "${near}"?`,
            };
        });
}
