import { decodeJson } from "./decode";
import { isSecret, type Field } from "./field";
import { FIELDS, OBJECT_KEYS, type SettingKey } from "./fields";
import { FORMER_KEYS, pathMeantBy, settingAt } from "./formerKeys";
import { findSecretProblem } from "./misplacedSecrets";
import { holdsSecret, moveCommands, removeCommand } from "./moveCommands";
import { showSetting, type SettingsProblem } from "./problems";
import { shown } from "./schemaProblems";

/** The configuration of a stack, and what is known of it. */
export interface GivenSettings {
    /** Without the project's prefix. */
    raw: Record<string, string>;
    /** True for a key that the stack's file holds as a secret, wholly or in part. */
    isEncrypted: (key: string) => boolean;
    /** Name of the stack, for commands. @default the stack that is selected */
    stack: string | undefined;
}

/** What stands under the former key of a setting; undefined where there is none, or no message may show it. */
export function formerValue({ raw, isEncrypted }: GivenSettings, path: SettingKey): string | undefined {
    const key = Object.keys(FORMER_KEYS).find((former) => FORMER_KEYS[former] === path);
    return key === undefined || isEncrypted(key) ? undefined : raw[key];
}

/** Settings that stand under the keys that they had before they were grouped, each with the commands that move it. */
export function findFormerKeys(given: GivenSettings, isSet: (path: SettingKey) => boolean): SettingsProblem[] {
    return Object.entries(FORMER_KEYS).flatMap(([key, path]) => {
        const text = given.raw[key];
        return text === undefined ? [] : [formerProblem(given, key, path, text, isSet(path))];
    });
}

function formerProblem(
    { isEncrypted, stack }: GivenSettings,
    key: string,
    path: SettingKey,
    text: string,
    isSetAlready: boolean,
): SettingsProblem {
    const secret = isEncrypted(key) ? findSecretProblem(path, key) : undefined;
    if (secret !== undefined) return secret;
    const field: Field = FIELDS[path];
    const value = decoded(path, text);
    const isHidden = isSecret(field) || holdsSecret(value, path);
    const problem = { key, got: shown({ secret: isHidden }, text) };
    if (isSetAlready) {
        return {
            ...problem,
            expected: `no such key, because ${path} is set and takes precedence`,
            next: `remove it; correct ${path} first if this is the value that you want`,
            commands: [removeCommand(key, stack)],
        };
    }
    const move = { from: key, to: path, value, isHidden: isSecret(field), stack };
    return {
        ...problem,
        expected: `the setting ${path}, which has replaced it`,
        next: `run the commands below, or npm run settings -- migrate --stack ${stack ?? "NAME"}, which moves all settings`,
        commands: moveCommands(move),
    };
}

/** A key with a path in it, which was set without `--path`, and the commands that set it at its path. */
export function findKeyWithPath(given: GivenSettings, key: string): SettingsProblem | undefined {
    const path = pathMeantBy(key);
    const setting = path === undefined ? undefined : settingAt(path);
    const text = given.raw[key];
    if (path === undefined || setting === undefined || text === undefined) return undefined;
    const field: Field = FIELDS[setting];
    const isHidden = given.isEncrypted(key) || isSecret(field) || holdsSecret(text, path);
    const move = { from: key, to: path, value: text, isHidden, stack: given.stack };
    return {
        key,
        expected: `the setting ${path}, which --path sets`,
        got: isHidden ? "a key with a path as its name" : `a key with a path as its name, and ${showSetting(text)}`,
        next:
            field.encrypted === true
                ? `run pulumi config rm '${key}', and pulumi config set --secret --path ${path}`
                : "run the commands below, which set it at its path",
        ...(field.encrypted !== true && { commands: moveCommands(move) }),
    };
}

function decoded(path: SettingKey, text: string): unknown {
    if (!OBJECT_KEYS.includes(path)) return text;
    const read = decodeJson(text);
    return "value" in read ? read.value : text;
}
