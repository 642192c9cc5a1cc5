import type { Change, Difference } from "./types";
import { isPlainObject } from "../../shared/values/plainObjects";
import { mapValue, reveal, secret, SECRET, SIGNATURE, type Values } from "./values";

/** A property path; `*` stands for every key and every index. */
export type Path = (string | number)[];

/** Parses `spec.ports[0]["a.b"]`. */
export function parsePath(text: string): Path {
    const parts = text.matchAll(/\[(\d+|\*)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g);
    return [...parts].map(([, index, quoted, key]) => {
        if (index !== undefined) return index === "*" ? "*" : Number(index);
        return quoted?.replaceAll('\\"', '"') ?? key ?? "";
    });
}

export function formatPath(path: Path): string {
    return path.reduce<string>((text, key) => {
        if (typeof key === "number") return `${text}[${key}]`;
        if (/[."[\]]/.test(key)) return `${text}["${key.replaceAll('"', '\\"')}"]`;
        return text === "" ? key : `${text}.${key}`;
    }, "");
}

/** Whether a path matches a pattern, or is below a match. */
const covers = (pattern: Path, path: Path): boolean =>
    pattern.length <= path.length && pattern.every((key, index) => key === "*" || key === path[index]);

const within = (path: string, patterns: string[]): boolean =>
    patterns.some((pattern) => covers(parsePath(pattern), parsePath(path)));

type Container = Record<string | number, unknown>;
const open = (value: unknown): { inner: unknown; hidden: boolean } =>
    isPlainObject(value) && value[SIGNATURE] === SECRET
        ? { inner: value["value"], hidden: true }
        : { inner: value, hidden: false };
const isContainer = (value: unknown): value is Container => typeof value === "object" && value !== null;

/** Copies the value at a path from `old` to `next`; false if they do not both have this path. */
function reset(path: Path, oldValue: unknown, nextValue: unknown, oldHidden = false, nextHidden = false): boolean {
    const [old, next] = [open(oldValue), open(nextValue)];
    const [hidden, shown] = [oldHidden || old.hidden, !(nextHidden || next.hidden)];
    const [key = "", ...rest] = path;
    const [from, to] = [old.inner, next.inner];
    if (!isContainer(from) || !isContainer(to)) {
        if (rest.length === 0 && isContainer(to) && !Array.isArray(to)) Reflect.deleteProperty(to, key);
        return !isContainer(from) || rest.length === 0 ? !isContainer(from) : !isContainer(to);
    }
    if (key === "*") {
        const keys = new Set([...Object.keys(from), ...(rest.length === 0 ? Object.keys(to) : [])]);
        const lists = Array.isArray(from) && Array.isArray(to);
        const all = [...keys].filter((part) => !lists || (part in from && part in to));
        const results = all.map((part) => reset([lists ? Number(part) : part, ...rest], from, to, hidden, !shown));
        return results.every(Boolean) && (!lists || from.length === to.length);
    }
    if (rest.length > 0) {
        if (!(key in from) && !(key in to) && typeof key === "string") return true;
        if (!(key in to) || (!(key in from) && typeof key === "number")) return false;
        return reset(rest, from[key], to[key], hidden, !shown);
    }
    if (key in from) {
        if (typeof key === "number" && !(key in to)) return false;
        to[key] = hidden && shown ? secret(from[key]) : from[key];
        return true;
    }
    if (typeof key === "number") return !(key in to);
    return Reflect.deleteProperty(to, key);
}

/** Inputs with the old values at ignored paths; `missed` are the paths for which that was not possible. */
export function ignoring(next: Values, old: Values, patterns: string[]): { inputs: Values; missed: string[] } {
    const inputs = mapValue(next, () => undefined) as Values;
    return { inputs, missed: patterns.filter((pattern) => !reset(parsePath(pattern), old, inputs)) };
}

const replacing: Partial<Record<Change, Change>> = {
    add: "add-replace",
    update: "update-replace",
    delete: "delete-replace",
};

/** A difference without ignored paths, and with the replacements that the program requests. */
export function decide(difference: Difference, ignored: string[] = [], replaced: string[] = []): Difference {
    const kept = Object.entries(difference.changes).filter(([path]) => !within(path, ignored));
    const changes = kept.map(([path, change]): [string, Change] => [
        path,
        within(path, replaced) ? (replacing[change] ?? change) : change,
    ]);
    const replaces = difference.replaces.filter((path) => !within(path, ignored));
    const asked = changes.some(([path, change]) => change.endsWith("-replace") && !replaces.includes(path));
    return {
        ...difference,
        ...{ changes: Object.fromEntries(changes), replaces },
        ...(asked ? { replace: true } : {}),
    };
}

/** Outputs with some properties marked as secret. */
export function hideOutputs(outputs: Values, keys: string[] = []): Values {
    const hidden = keys.filter((key) => key in outputs).map((key) => [key, secret(reveal(outputs[key]))]);
    return { ...outputs, ...(Object.fromEntries(hidden) as Values) };
}
