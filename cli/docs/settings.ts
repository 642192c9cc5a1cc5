import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { resolveSettings } from "../../components/settings";
import type { Field } from "../../components/settings/field";
import { FIELDS, OBJECT_KEYS, type SettingKey } from "../../components/settings/fields";
import { CONFIG_KEYS, groupOf, GROUPS } from "../../components/settings/groups";
import { JUDGED_VALUES, REFUSED_VALUES, SETTING_OF_VALUE } from "../../components/settings/istiodValues";
import * as versions from "../../components/versions";
import { at } from "../../shared/values/plainObjects";
import { nestedFields, type NestedField } from "./fields";
import { code, plain, pretty, table } from "../../shared/markdown/markdown";

/** A value that every numeric setting accepts. */
const SAMPLE_NUMBER = "100";
const PROJECT_DIR = join(__dirname, "..", "..");

const INTRODUCTION = `# Settings

<!-- \`npm run docs\` writes this page from components/settings/ and Pulumi.yaml; do not edit it here. -->

Set a value with \`pulumi config set KEY VALUE\`, or write it under \`config:\` in \`Pulumi.STACK.yaml\` as
\`istio-tracing:KEY\`. A name with dots is a path: set it with \`pulumi config set --path PATH VALUE\`, or write it in the
file as YAML:

\`\`\`yaml
config:
    istio-tracing:samplingPercent: "5"
    istio-tracing:istio:
        version: ${versions.ISTIO_VERSION}
        replicas: { min: 2, max: 5 }
\`\`\`

In that file, put numbers, \`true\` and \`false\` in quotes where they are the value of a whole key; below a key, both
forms work. [upgrading.md](upgrading.md#settings-in-groups) lists the keys that settings had before they were grouped, and how to
move them.

The program validates all settings before it registers the first resource, and reports all problems at once.
[environments.md](environments.md) shows how the stacks differ. These pages explain settings that belong together:
[namespaces](namespaces.md), [collectors](collector.md), [storage](storage.md), [scale](scale.md), [UI](ui.md), [platforms](platforms.md).
`;

/** The reference of every setting, as Markdown. */
export async function renderSettings(): Promise<string> {
    const project = parse(readFileSync(join(PROJECT_DIR, "Pulumi.yaml"), "utf8")) as {
        config: Record<string, { description: string }>;
    };
    const defaults = resolveSettings({});
    const description = (key: string): string => project.config[key]?.description ?? "";
    const overview = Object.entries<Field>(FIELDS).map(([key, field]) => [
        `[${code(key)}](#${key.toLowerCase().replaceAll(".", "")})`,
        defaultOf(field),
        plain(field.meaning ?? description(key)),
    ]);
    const sections = CONFIG_KEYS.flatMap((key) => {
        const members = (Object.keys(FIELDS) as SettingKey[]).filter((path) => path === key || groupOf(path) === key);
        const head = GROUPS.some((group) => group === key) ? [`## ${key}\n\n${plain(description(key))}`] : [];
        return [...head, ...members.map((path) => section(path, FIELDS[path], description(path), defaults))];
    });
    const summary = table(["setting", "default", "meaning"], overview);
    return pretty([INTRODUCTION, summary, ...sections, judgedValues(), refusedValues()].join("\n\n"));
}

function section(key: SettingKey, field: Field, description: string, defaults: object): string {
    const decides = Object.entries(SETTING_OF_VALUE).filter(([, by]) => by === key || by.startsWith(`${key}.`));
    const facts = [
        `Type: ${typeOf(key, field)}`,
        `Accepts: ${plain(field.expected)}`,
        `Default: ${defaultOf(field)}${field.follows === undefined ? "" : `, which follows ${field.follows.from.map(code).join(", ")}`}`,
        field.encrypted === true && "Secret: plain text is rejected; set the value with `--secret`",
        field.secret === true && "Messages never show the value",
        decides.length > 0 && `Sets these chart values: ${decides.map(([path]) => code(path)).join(", ")}`,
        `Hint: ${plain(field.next)}`,
    ].filter((fact) => fact !== false);
    const level = groupOf(key) === undefined ? "##" : "###";
    const parts = [`${level} ${key}`, plain(field.meaning ?? description), facts.map((fact) => `- ${fact}`).join("\n")];
    const nested = OBJECT_KEYS.includes(key) ? nestedFields(field.schema) : [];
    const known = nested.filter(({ expected }) => expected !== undefined);
    return [...parts, ...(known.length > 0 ? [fieldTable(known, key, defaults)] : [])].join("\n\n");
}

function defaultOf({ default: value, follows }: Field): string {
    if (follows !== undefined) return code(follows.preset);
    return value === "" ? "none" : code(value);
}

function typeOf(key: SettingKey, field: Field): string {
    if (OBJECT_KEYS.includes(key)) return Array.isArray(field.default) ? "list" : "object";
    // A numeric setting may have no default.
    const types = [field.default, SAMPLE_NUMBER].map((value) => typeof field.schema.safeParse(value).data);
    if (types.includes("number")) return "number";
    return types[0] === "boolean" ? "`true` or `false`" : "text";
}

function fieldTable(fields: NestedField[], key: string, defaults: object): string {
    const rows = fields.map(({ path, required, preset, expected, meaning }) => {
        const value = preset ?? defaultAt(defaults, [...key.split("."), ...path.split(".")]);
        const standing = value === undefined ? (required ? "required" : "") : code(value);
        return [code(path), plain(expected ?? ""), standing, plain(meaning ?? "")];
    });
    const columns = fields.some(({ meaning }) => meaning !== undefined) ? 4 : 3;
    const head = ["field", "accepts", "default", "meaning"];
    return table(
        head.slice(0, columns),
        rows.map((row) => row.slice(0, columns)),
    );
}

function judgedValues(): string {
    const rows = Object.entries(JUDGED_VALUES).map(([path, { accepts, becomes }]) => [
        code(path),
        plain(accepts),
        plain(becomes),
    ]);
    const why =
        "The program merges these values with its own or checks them against the other settings. Write fields of " +
        "`meshConfig` as Istio's reference spells them; `snake_case` is rejected. Do not put secrets into " +
        "`istio.values`: an encrypted value is rejected.";
    return `## Chart values that istio.values merges or checks\n\n${why}\n\n${table(["value", "accepts", "effect"], rows)}`;
}

function refusedValues(): string {
    const rows = Object.entries(REFUSED_VALUES).map(([path, cure]) => [code(path), plain(cure)]);
    const why = "These values contradict a setting, or the chart accepts and silently ignores them.";
    return `## Chart values that istio.values rejects\n\n${why}\n\n${table(["value", "do this instead"], rows)}`;
}

function defaultAt(value: unknown, path: string[]): unknown {
    const found = at(value, ...path);
    return typeof found === "object" ? undefined : found;
}
