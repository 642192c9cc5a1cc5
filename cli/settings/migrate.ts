import { isMap, isScalar, Scalar, YAMLMap, type Document, type Pair } from "yaml";
import { FORMER_KEYS } from "../../components/settings/formerKeys";
import { at } from "../../shared/values/plainObjects";
import { PROJECT } from "../../shared/names/project";
import { parseStackDocument, settingName, stackText } from "../../shared/stacks/stackDocument";

/** A stack's file whose settings stand where they belong. */
export interface Migration {
    text: string;
    /** Former keys and the settings under which their values now stand. */
    moved: { from: string; to: string }[];
    /** Former keys that stay, and why. */
    kept: { key: string; reason: string }[];
}

/**
 * Moves settings from the keys that they had before they were grouped. Comments, encrypted values and the order of
 * everything else stay as they are.
 *
 * @param name of the file, for errors.
 * @throws UserError when the text is not valid YAML.
 */
export function migrate(text: string, name: string): Migration {
    const document = parseStackDocument(text, name);
    const config = document.get("config");
    const unchanged = { text, moved: [], kept: [] };
    if (!isMap(config)) return unchanged;
    const found = config.items.filter((pair) => formerName(pair) !== undefined);
    const kept = found.flatMap((pair) => reasonToStay(config, pair));
    const moving = found.filter((pair) => !kept.some(({ key }) => key === formerName(pair)));
    if (moving.length === 0) return { ...unchanged, kept };
    const moved = moving.map((pair) => move(document, config, pair));
    return { text: stackText(document, text), moved, kept };
}

function reasonToStay(config: YAMLMap, pair: Pair): Migration["kept"] {
    const key = formerName(pair) ?? "";
    const path = FORMER_KEYS[key] ?? "";
    if (isEncrypted(pair.value)) {
        return [
            {
                key,
                reason: `it is encrypted, but ${path} accepts no secret: set ${path} in plain text, and remove ${key}`,
            },
        ];
    }
    const [group = "", member = ""] = path.split(".");
    const there = groupPair(config, group)?.value;
    if (there === undefined || there === null || isMap(there)) {
        return isMap(there) && there.has(member)
            ? [{ key, reason: `${path} is also set and takes precedence: remove ${key}, or correct ${path} first` }]
            : [];
    }
    return [{ key, reason: `${group} is set to something other than an object with names and values: correct that` }];
}

/** Takes the place of the former key, or stands behind what its group already has. */
function move(document: Document, config: YAMLMap, pair: Pair): Migration["moved"][number] {
    const from = formerName(pair) ?? "";
    const to = FORMER_KEYS[from] ?? "";
    const [group = "", member = ""] = to.split(".");
    const index = config.items.indexOf(pair);
    const known = groupPair(config, group);
    const members = isMap(known?.value) ? known.value : new YAMLMap(document.schema);
    const name = new Scalar(member);
    if (isScalar(pair.key)) {
        name.commentBefore = pair.key.commentBefore ?? null;
        if (pair.key.spaceBefore === true && known !== undefined && members.items.length > 0) name.spaceBefore = true;
    }
    members.items.push(document.createPair(name, pair.value));
    if (known === undefined) {
        const key = new Scalar(`${PROJECT}:${group}`);
        if (isScalar(pair.key)) key.spaceBefore = pair.key.spaceBefore ?? false;
        config.items.splice(index, 1, document.createPair(key, members) as (typeof config.items)[number]);
    } else {
        known.value = members;
        config.items.splice(index, 1);
    }
    return { from, to };
}

function groupPair(config: YAMLMap, group: string): Pair | undefined {
    return config.items.find((pair) => settingName(pair, PROJECT) === group);
}

function formerName(pair: Pair): string | undefined {
    const name = settingName(pair, PROJECT);
    return name !== undefined && Object.hasOwn(FORMER_KEYS, name) ? name : undefined;
}

function isEncrypted(value: unknown): boolean {
    if (!isMap(value))
        return at(value, "items") !== undefined && (value as { items: unknown[] }).items.some(isEncrypted);
    return value.has("secure") || value.items.some((pair) => isEncrypted(pair.value));
}
