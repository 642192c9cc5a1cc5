import { isPlainObject } from "./plainObjects";

/** The path to a value: names of fields and indexes in lists. */
export type Path = readonly (string | number)[];

/** A value whose type its program does not accept. */
export interface Misfit {
    path: Path;
    /** The expected type, such as `a list`. */
    expected: string;
    /** Its type; never its content, which may be a key. */
    got: string;
}

/**
 * Reads a value of unknown shape, and drops the parts that have the wrong type. Undefined if no part is usable.
 *
 * @param misfits receives the dropped parts. Null means a field that is not set, and is accepted everywhere.
 */
export type Shape<T> = (value: unknown, misfits?: Misfit[], path?: Path) => T | undefined;

/** A shape for each field of an object. */
export type Fields<T> = { [K in keyof T]-?: Shape<NonNullable<T[K]>> };

/** Any text. */
export const text = scalar("text", (value) => (typeof value === "string" ? value : undefined));
/** True or false. */
export const flag = scalar("true or false", (value) => (typeof value === "boolean" ? value : undefined));
/** A finite number. */
export const number = scalar("a number", finite);
/** A whole number from zero, also as text, because protocol buffers accept both. */
export const wholeNumber = scalar("a whole number", (value) => {
    const read = readNumber(value);
    return read !== undefined && Number.isInteger(read) && read >= 0 ? read : undefined;
});
/** A number, also as text, because protocol buffers accept both. */
export const numberOrText = scalar("a number", readNumber);
/** Any value, unchanged. */
export const anything: Shape<unknown> = (value) => value ?? undefined;

/** A value of one of two shapes. */
export function either<A, B>(first: Shape<A>, second: Shape<B>): Shape<A | B> {
    return (value, misfits, path) => first(value) ?? second(value, misfits, path);
}

/** One of several words. */
export function oneOf<T extends string>(...words: readonly T[]): Shape<T> {
    return scalar(`one of ${words.join(", ")}`, (value) => words.find((word) => word === value));
}

/** A list, without items of another shape. */
export function listOf<T>(item: Shape<T>): Shape<T[]> {
    return (value, misfits, path = []) => {
        if (value === null || value === undefined) return undefined;
        if (!Array.isArray(value)) {
            report("a list", value, misfits, path);
            return undefined;
        }
        return value.flatMap((one: unknown, index) => {
            const read = item(one, misfits, [...path, index]);
            return read === undefined ? [] : [read];
        });
    };
}

/** Values under the user's own names, without those of another shape. */
export function mapOf<T>(item: Shape<T>): Shape<Record<string, T>> {
    return (value, misfits, path = []) => {
        if (value === null || value === undefined) return undefined;
        if (!isPlainObject(value)) {
            report("fields and values", value, misfits, path);
            return undefined;
        }
        const entries = Object.entries(value).flatMap(([key, one]): [string, T][] => {
            const read = item(one, misfits, [...path, key]);
            return read === undefined ? [] : [[key, read]];
        });
        return Object.fromEntries(entries);
    };
}

/** An object, without listed fields of another shape. Other fields stay unchanged. */
export function objectOf<T extends object>(fields: Fields<T>, ...required: (keyof T & string)[]): Shape<T> {
    const shapes = Object.entries<Shape<unknown>>(fields);
    return (value, misfits, path = []) => {
        if (value === null || value === undefined) return undefined;
        if (!isPlainObject(value)) {
            report("fields and values", value, misfits, path);
            return undefined;
        }
        const kept: Record<string, unknown> = { ...value };
        for (const [key, shape] of shapes) {
            const read = shape(Object.hasOwn(value, key) ? value[key] : undefined, misfits, [...path, key]);
            if (read === undefined) Reflect.deleteProperty(kept, key);
            else kept[key] = read;
        }
        return required.every((key) => kept[key] !== undefined) ? (kept as T) : undefined;
    };
}

/** The same without other fields, for objects that occur in large numbers. */
export function exactly<T extends object>(fields: Fields<T>, ...required: (keyof T & string)[]): Shape<T> {
    const shape = objectOf(fields, ...required);
    return (value, misfits, path) => {
        const read = shape(value, misfits, path);
        if (read === undefined) return undefined;
        return Object.fromEntries(Object.entries(read).filter(([key]) => Object.hasOwn(fields, key))) as T;
    };
}

/** Reuses one value for all equal values, which many objects repeat. */
export function keptOnce<T>(shape: Shape<T>): Shape<T> {
    const kept = new Map<string, T>();
    return (value, misfits, path) => {
        const read = shape(value, misfits, path);
        if (read === undefined) return undefined;
        const key = JSON.stringify(read);
        const former = kept.get(key);
        if (former === undefined) kept.set(key, read);
        return former ?? read;
    };
}

/** The same with shapes for only some of the fields. */
export function partOf<T extends object>(fields: Partial<Fields<T>>): Shape<T> {
    return objectOf<T>(fields as Fields<T>);
}

/** The type of a value, for people. */
export function kindOf(value: unknown): string {
    if (Array.isArray(value)) return "a list";
    if (value === null || value === undefined) return "nothing";
    if (typeof value === "string") return "text";
    if (typeof value === "boolean") return "true or false";
    return isPlainObject(value) ? "fields and values" : `a ${typeof value}`;
}

function scalar<T>(expected: string, read: (value: unknown) => T | undefined): Shape<T> {
    return (value, misfits, path = []) => {
        if (value === null || value === undefined) return undefined;
        const fitting = read(value);
        if (fitting === undefined) report(expected, value, misfits, path);
        return fitting;
    };
}

function report(expected: string, value: unknown, misfits: Misfit[] | undefined, path: Path): void {
    misfits?.push({ path, expected, got: kindOf(value) });
}

function finite(value: unknown): number | undefined {
    return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function readNumber(value: unknown): number | undefined {
    if (typeof value !== "string") return finite(value);
    return value.trim() === "" ? undefined : finite(Number(value));
}
