import { isPlainObject } from "./plainObjects";

/** The way to a value: names of fields and places in lists. */
export type Path = readonly (string | number)[];

/** A value of another shape than its program takes. */
export interface Misfit {
    path: Path;
    /** What it should be, such as `a list`. */
    expected: string;
    /** What it is; never what it says, for it may hold a key. */
    got: string;
}

/**
 * Reads a value of unknown shape: what fits, without what does not. Undefined where nothing of it can be used.
 *
 * @param misfits gets what did not fit. Nothing (null) stands for a field that is not set, and fits everywhere.
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
/** A whole number from zero, also as text: protocol buffers take both. */
export const wholeNumber = scalar("a whole number", (value) => {
    const read = readNumber(value);
    return read !== undefined && Number.isInteger(read) && read >= 0 ? read : undefined;
});
/** A number, also as text: protocol buffers take both. */
export const numberOrText = scalar("a number", readNumber);
/** What is kept as it is. */
export const anything: Shape<unknown> = (value) => value ?? undefined;

/** A value of one of two shapes. */
export function either<A, B>(first: Shape<A>, second: Shape<B>): Shape<A | B> {
    return (value, misfits, path) => first(value) ?? second(value, misfits, path);
}

/** One of several words. */
export function oneOf<T extends string>(...words: readonly T[]): Shape<T> {
    return scalar(`one of ${words.join(", ")}`, (value) => words.find((word) => word === value));
}

/** A list; items of another shape are left out. */
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

/** Values by names of the user's own; those of another shape are left out. */
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

/** An object; its fields of another shape are left out, further ones are kept as they are. */
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

/** The same without further fields, for objects of which there are many. */
export function exactly<T extends object>(fields: Fields<T>, ...required: (keyof T & string)[]): Shape<T> {
    const shape = objectOf(fields, ...required);
    return (value, misfits, path) => {
        const read = shape(value, misfits, path);
        if (read === undefined) return undefined;
        return Object.fromEntries(Object.entries(read).filter(([key]) => Object.hasOwn(fields, key))) as T;
    };
}

/** The same value for all that read as equal, for values that many objects repeat. */
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

/** The same for what has no fields of interest but some. */
export function partOf<T extends object>(fields: Partial<Fields<T>>): Shape<T> {
    return objectOf<T>(fields as Fields<T>);
}

/** What kind of value something is. */
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
