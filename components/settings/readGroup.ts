import { isPlainObject } from "../../shared/values/plainObjects";
import { decodeJson } from "./decode";
import { meantInGroup } from "./formerKeys";
import { groupField, membersOf, type Group } from "./groups";
import { findSecretProblem } from "./misplacedSecrets";
import { showSetting, type SettingsProblem } from "./problems";
import { shown } from "./schemaProblems";

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
        const lost = "any other name: copies of an object silently drop this one";
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

function unknownName(group: Group, name: string, known: string[]): SettingsProblem {
    const near = meantInGroup(group, name);
    return {
        key: `${group}.${name}`,
        expected: `a setting of ${group}: ${known.join(", ")}`,
        got: `the unknown name ${showSetting(name)}`,
        next: near === undefined ? "remove it" : `did you mean ${near}?`,
    };
}
