import { FIELDS, type SettingKey } from "./fields";
import { isSecret, type Field } from "./field";

/** Keys of the configuration that hold several settings each. */
export const GROUPS = ["collector", "istio", "demo", "jaeger", "metrics", "collectorTier", "doctor"] as const;
export type Group = (typeof GROUPS)[number];

/** What a group takes, in words that an error shows, and whether those may show what was given. */
export function groupField(group: Group): Pick<Field, "expected" | "next" | "secret"> {
    const [first = "", ...others] = membersOf(group);
    const secret = [first, ...others].some((name) => isSecret(FIELDS[`${group}.${name}` as SettingKey]));
    return {
        expected: `an object with ${[first, ...others].join(", ")}, each as it is needed`,
        next: `set one like: pulumi config set --path ${group}.${first} VALUE`,
        secret,
    };
}

/** Names of the settings of a group. */
export function membersOf(group: Group): string[] {
    return (Object.keys(FIELDS) as SettingKey[]).flatMap((path) =>
        groupOf(path) === group ? path.slice(group.length + 1) : [],
    );
}

/** The group of a setting; undefined for one that is a key of its own. */
export function groupOf(path: SettingKey): Group | undefined {
    return GROUPS.find((group) => path.startsWith(`${group}.`));
}

/** Every key of the configuration, in the order of the documentation. */
export const CONFIG_KEYS: readonly string[] = [
    ...new Set((Object.keys(FIELDS) as SettingKey[]).map((path) => groupOf(path) ?? path)),
];
