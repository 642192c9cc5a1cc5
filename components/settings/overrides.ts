import { canonicalJson, isPlainObject, type PlainObject } from "../../shared/values/plainObjects";
import { showSetting, type SettingsProblem } from "./problems";

/** A user's values that are merged last over those that the settings decide. */
export interface Override {
    /** The setting that holds them. */
    setting: string;
    /** What is refused at a path, whatever its value, and what to do instead. */
    refused: Record<string, string>;
    /** The settings that decide what stands at a path and below it. */
    settingOf: Record<string, string>;
    /** Lists that the user may make longer. */
    lists: readonly string[];
    /** What to do about a value that no setting changes. */
    fixed: string;
}

/** What in the user's values contradicts the values that the settings own. */
export function findOverrideProblems(override: Override, extra: PlainObject, owned: PlainObject): SettingsProblem[] {
    return walk(override, extra, owned, []);
}

function walk(override: Override, extra: PlainObject, owned: PlainObject, path: string[]): SettingsProblem[] {
    return Object.entries(extra).flatMap(([name, value]) => {
        const at = [...path, name];
        const key = at.join(".");
        const refused = Object.hasOwn(override.refused, key) ? override.refused[key] : undefined;
        if (refused !== undefined) {
            return [
                {
                    key: `${override.setting}.${key}`,
                    expected: "no such value here",
                    got: showSetting(value),
                    next: refused,
                },
            ];
        }
        const ours = Object.hasOwn(owned, name) ? owned[name] : undefined;
        if (override.lists.includes(key)) return listProblems(override, key, value, ours);
        if (isPlainObject(value)) {
            const shape = ours === undefined || isPlainObject(ours) ? [] : [ownedProblem(override, key, value, ours)];
            return [...walk(override, value, isPlainObject(ours) ? ours : {}, at), ...shape];
        }
        if (ours === undefined || canonicalJson(ours) === canonicalJson(value)) return [];
        return [ownedProblem(override, key, value, ours)];
    });
}

/** A list replaces a list, so the user's must hold ours as well. */
function listProblems(override: Override, key: string, value: unknown, ours: unknown): SettingsProblem[] {
    const given = new Set(Array.isArray(value) ? value.map(canonicalJson) : []);
    const missing = (Array.isArray(ours) ? (ours as unknown[]) : []).filter((one) => !given.has(canonicalJson(one)));
    if (Array.isArray(value) && missing.length === 0) return [];
    return [
        {
            key: `${override.setting}.${key}`,
            expected: `a list that also contains ${missing.map(showSetting).join(", ")} as well`,
            got: showSetting(value),
            next: "add the missing items: this list replaces the program's own",
        },
    ];
}

function ownedProblem(
    { setting, settingOf, fixed }: Override,
    key: string,
    value: unknown,
    ours: unknown,
): SettingsProblem {
    const decides = Object.entries(settingOf).find(([path]) => key === path || key.startsWith(`${path}.`))?.[1];
    if (decides === undefined && isPlainObject(ours) && typeof value === "string") {
        const expected = "an object, to which the program adds its own values";
        return { key: `${setting}.${key}`, expected, got: showSetting(value), next: "write it as an object" };
    }
    return {
        key: `${setting}.${key}`,
        expected: `${showSetting(ours)}, which the program decides`,
        got: showSetting(value),
        next: decides === undefined ? fixed : `remove it and set ${decides}`,
    };
}
