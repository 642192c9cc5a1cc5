import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { resolveSettings } from "../../components/settings";
import type { Field } from "../../components/settings/field";
import { FIELDS, OBJECT_KEYS, type SettingKey } from "../../components/settings/fields";
import { REFUSED_VALUES, SETTING_OF_VALUE } from "../../components/settings/istiodValues";
import { at } from "../../shared/values/plainObjects";
import { nestedFields, type NestedField } from "./fields";
import { code, plain, pretty, table } from "../../shared/markdown/markdown";

/** Every setting that is a number takes this one. */
const SAMPLE_NUMBER = "100";
const PROJECT_DIR = join(__dirname, "..", "..");

const INTRODUCTION = `# Settings

Written by \`npm run docs\` from the schema in \`components/settings/\` and the descriptions in \`Pulumi.yaml\`;
\`npm run check\` fails while it is out of date.

Set one with \`pulumi config set KEY VALUE\`, or below \`config:\` in \`Pulumi.STACK.yaml\` as \`istio-tracing:KEY\`.
Numbers and \`true\` or \`false\` stand there as text, in quotes; objects as YAML. A field inside of an object is set with
\`pulumi config set --path KEY.FIELD VALUE\`. All of it is validated before the first resource is registered, and every
problem is told at once. Which stack sets what: [environments.md](environments.md).
`;

/** The reference of every setting, as Markdown. */
export async function renderSettings(): Promise<string> {
    const project = parse(readFileSync(join(PROJECT_DIR, "Pulumi.yaml"), "utf8")) as {
        config: Record<string, { description: string }>;
    };
    const defaults = resolveSettings({});
    const sections = Object.entries<Field>(FIELDS).map(([key, field]) =>
        section(key as SettingKey, field, project.config[key]?.description ?? "", defaults),
    );
    return pretty([INTRODUCTION, ...sections, refusedValues()].join("\n\n"));
}

function section(key: SettingKey, field: Field, description: string, defaults: object): string {
    const decides = Object.entries(SETTING_OF_VALUE).filter(([, setting]) => setting.split(".")[0] === key);
    const facts = [
        `Type: ${typeOf(key, field)}`,
        `Takes: ${plain(field.expected)}`,
        `Default: ${field.default === "" ? "none" : code(field.default)}`,
        field.encrypted === true && "Secret: a value in plain text is refused; set it with `--secret`",
        field.secret === true && "No message shows its value",
        decides.length > 0 && `Decides the chart values ${decides.map(([path]) => code(path)).join(", ")}`,
        `Advice: ${plain(field.next)}`,
    ].filter((fact) => fact !== false);
    const parts = [`## ${key}`, plain(description), facts.map((fact) => `- ${fact}`).join("\n")];
    const nested = OBJECT_KEYS.includes(key) ? nestedFields(field.schema) : [];
    const known = nested.filter(({ expected }) => expected !== undefined);
    return [...parts, ...(known.length > 0 ? [fieldTable(known, key, defaults)] : [])].join("\n\n");
}

function typeOf(key: SettingKey, field: Field): string {
    if (OBJECT_KEYS.includes(key)) return Array.isArray(field.default) ? "list" : "object";
    // A setting may have no number until somebody sets one.
    const types = [field.default, SAMPLE_NUMBER].map((value) => typeof field.schema.safeParse(value).data);
    if (types.includes("number")) return "number";
    return types[0] === "boolean" ? "`true` or `false`" : "text";
}

function fieldTable(fields: NestedField[], key: string, defaults: object): string {
    const rows = fields.map(({ path, required, preset, expected, meaning }) => {
        const value = preset ?? defaultAt(defaults, [key, ...path.split(".")]);
        const standing = value === undefined ? (required ? "required" : "") : code(value);
        return [code(path), plain(expected ?? ""), standing, plain(meaning ?? "")];
    });
    const columns = fields.some(({ meaning }) => meaning !== undefined) ? 4 : 3;
    const head = ["field", "takes", "default", "meaning"];
    return table(
        head.slice(0, columns),
        rows.map((row) => row.slice(0, columns)),
    );
}

function refusedValues(): string {
    const rows = Object.entries(REFUSED_VALUES).map(([path, cure]) => [code(path), plain(cure)]);
    const why = "These would fight a setting, or the chart takes them and silently ignores them.";
    return `## Chart values that istiodValues refuses\n\n${why}\n\n${table(["value", "instead"], rows)}`;
}

function defaultAt(value: unknown, path: string[]): unknown {
    const found = at(value, ...path);
    return typeof found === "object" ? undefined : found;
}
