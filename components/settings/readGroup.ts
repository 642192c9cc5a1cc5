import { isPlainObject } from "../../shared/values/plainObjects";
import { decodeJson } from "./decode";
import { FIELDS, type SettingKey } from "./fields";
import { meantInGroup } from "./formerKeys";
import { groupField, groupOf, membersOf, type Group } from "./groups";
import { findSecretProblem } from "./misplacedSecrets";
import { showSetting, type SettingsProblem } from "./problems";
import { keysAt, shown } from "./schemaProblems";

/** A group as the configuration has it: what stands under each of its names, or why nothing can be read. */
export interface ReadGroup {
    values: Record<string, unknown>;
    problems: SettingsProblem[];
    isUsable: boolean;
}

/** Reads a group of settings, which stands in the configuration as JSON. */
export function readGroup(group: Group, text: string | undefined, isEncrypted: boolean): ReadGroup {
    if (text === undefined) return { values: {}, problems: [], isUsable: true };
    const { expected, next, secret } = groupField(group);
    const refused = (problem: Partial<SettingsProblem>): ReadGroup => ({
        values: {},
        problems: [{ key: group, expected, got: shown(secret ? { secret } : {}, text), next, ...problem }],
        isUsable: false,
    });
    // Before anything is looked at, so that no message shows it.
    const misplaced = isEncrypted ? findSecretProblem(group) : undefined;
    if (misplaced !== undefined) return refused(misplaced);
    const given = decodeJson(text);
    if ("lostKey" in given) {
        const lost = "any other name: copies of an object drop this one without a word";
        return refused({ key: `${group}.${given.lostKey}`, expected: lost, got: "that name", next: "remove it" });
    }
    if ("problem" in given) return refused({ expected: `${expected}, as ${given.problem}` });
    if (!isPlainObject(given.value)) return refused({});
    const known = membersOf(group);
    const unknown = Object.keys(given.value).filter((name) => !known.includes(name));
    return {
        values: given.value,
        problems: unknown.map((name) => unknownName(group, name, known)),
        isUsable: true,
    };
}

/** The place of a name that stands one level too high: a key of one of the group's own objects. */
function memberWith(group: Group, name: string): string | undefined {
    const member = (Object.keys(FIELDS) as SettingKey[]).find(
        (path) => groupOf(path) === group && keysAt(FIELDS[path].schema, []).includes(name),
    );
    return member === undefined ? undefined : `${member}.${name}`;
}

function unknownName(group: Group, name: string, known: string[]): SettingsProblem {
    const near = memberWith(group, name) ?? meantInGroup(group, name);
    return {
        key: `${group}.${name}`,
        expected: `a setting of ${group}: ${known.join(", ")}`,
        got: `the unknown name ${showSetting(name)}`,
        next: near === undefined ? "remove it" : `did you mean ${near}?`,
    };
}
