import type { SettingsProblem } from "./problems";

/** Fields that are wanted and not given. */
export function missing(given: object, key: string, wanted: Record<string, string>): SettingsProblem[] {
    return Object.entries(wanted)
        .filter(([field]) => !(field in given))
        .map(([field, expected]) => ({
            key: `${key}.${field}`,
            expected,
            got: "nothing",
            next: `set ${key}.${field}`,
        }));
}

/** Fields that are given and not used. */
export function unused(given: object, key: string, used: string[], because: string): SettingsProblem[] {
    return Object.entries(given)
        .filter(([field, value]) => !used.includes(field) && value !== undefined)
        .map(([field]) => ({
            key: `${key}.${field}`,
            expected: `nothing, since ${because}`,
            got: "a value that nothing reads",
            next: `remove ${key}.${field}, or choose a mode that uses it`,
        }));
}
