import { isPlainObject, type PlainObject } from "../values/plainObjects";

/**
 * A configuration after `pulumi config set --path` of each of these: below the first part of its path, a value stands in
 * the JSON of that key, with the type that the CLI gives to its text. Lists and objects are given as JSON.
 *
 * @param changes values by path, such as `istio.version`; a path of one part is a key of its own.
 */
export function setPaths(config: Record<string, string>, changes: Record<string, string>): Record<string, string> {
    return Object.entries(changes).reduce((before, [path, text]) => {
        const [key = "", ...rest] = path.split(".");
        if (rest.length === 0) return { ...before, [key]: text };
        const whole = parseObject(before[key] ?? "{}") ?? {};
        return { ...before, [key]: JSON.stringify(setAt(whole, rest, typed(text))) };
    }, config);
}

/** The part of a configuration that a path names, as text; undefined where there is none. */
export function getPath(config: Record<string, string>, path: string): string | undefined {
    const [key = "", ...rest] = path.split(".");
    if (rest.length === 0) return config[key];
    const found = rest.reduce<unknown>(
        (part, name) => (isPlainObject(part) ? part[name] : undefined),
        parseObject(config[key] ?? "{}"),
    );
    return found === undefined || typeof found === "string" ? found : JSON.stringify(found);
}

function setAt(whole: PlainObject, [name = "", ...rest]: string[], value: unknown): PlainObject {
    if (rest.length === 0) return { ...whole, [name]: value };
    const below = whole[name];
    return { ...whole, [name]: setAt(isPlainObject(below) ? below : {}, rest, value) };
}

/** https://github.com/pulumi/pulumi/blob/v3.274.1/sdk/go/common/resource/config/object.go, adjustObjectValue */
function typed(text: string): unknown {
    if (text === "true" || text === "false") return text === "true";
    if (/^-?(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
    if (!/^[[{]/.test(text)) return text;
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return text;
    }
}

function parseObject(text: string): PlainObject | undefined {
    try {
        const value: unknown = JSON.parse(text);
        return isPlainObject(value) ? value : undefined;
    } catch {
        return undefined;
    }
}
