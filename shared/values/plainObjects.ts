/** A JSON object of unknown shape, such as Helm values or a Kubernetes manifest. */
export type PlainObject = { [key: string]: unknown };

/** True for `{}`-like values; false for arrays, null and scalars. */
export function isPlainObject(value: unknown): value is PlainObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parses JSON text; undefined if it is not valid JSON. */
export function parseJson(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return undefined;
    }
}

/** The value at a path of keys; undefined if a part of the path is missing. */
export function at(value: unknown, ...path: string[]): unknown {
    return path.reduce((inner, key) => (isPlainObject(inner) ? inner[key] : undefined), value);
}

/** The map at a path of keys; an empty one if there is none. */
export function mapAt(value: unknown, ...path: string[]): PlainObject {
    const found = at(value, ...path);
    return isPlainObject(found) ? found : {};
}

/** The items of the list at a path of keys; none if there is no list. */
export function itemsAt(value: unknown, ...path: string[]): unknown[] {
    const found = at(value, ...path);
    return Array.isArray(found) ? found : [];
}

/** The maps in the list at a path of keys; none if there is no list. */
export function listAt(value: unknown, ...path: string[]): PlainObject[] {
    return itemsAt(value, ...path).filter(isPlainObject);
}

/** The text at a path of keys; undefined if there is none. */
export function textAt(value: unknown, ...path: string[]): string | undefined {
    const found = at(value, ...path);
    return typeof found === "string" ? found : undefined;
}

/** The keys of every map in a value, at any depth. */
export function keysIn(value: unknown): string[] {
    if (Array.isArray(value)) return value.flatMap(keysIn);
    return isPlainObject(value) ? Object.entries(value).flatMap(([key, inner]) => [key, ...keysIn(inner)]) : [];
}

/** A copy without some of its keys. */
export function omit(value: PlainObject, ...keys: string[]): PlainObject {
    return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

/** A copy of `base`, merged with `over` object by object. Arrays and scalars of `over` replace those of `base`. */
export function deepMerge(base: PlainObject, over: PlainObject): PlainObject {
    return merge(base, over, (merged) => merged);
}

/** Merges as Helm does: a null value removes the key of a merged object. */
export function deepMergeAsHelm(base: PlainObject, over: PlainObject): PlainObject {
    const withoutNull = (merged: PlainObject): PlainObject =>
        Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
    return merge(base, over, withoutNull);
}

function merge(base: PlainObject, over: PlainObject, finish: (merged: PlainObject) => PlainObject): PlainObject {
    const merged: PlainObject = { ...base };
    for (const [key, value] of Object.entries(over)) {
        const below = merged[key];
        merged[key] = isPlainObject(below) && isPlainObject(value) ? merge(below, value, finish) : value;
    }
    return finish(merged);
}

/** JSON with sorted keys: equal for objects that differ only in the order of their keys. */
export function canonicalJson(value: unknown): string {
    return JSON.stringify(value, (_key, inner: unknown) =>
        isPlainObject(inner)
            ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
            : inner,
    );
}

/** A value for people, shortened if it is long. */
export function show(value: unknown): string {
    return value === undefined ? "nothing" : shorten(JSON.stringify(value), 120);
}

/** Shortens a text that has more than this number of characters. */
export function shorten(text: string, characters: number): string {
    return text.length > characters ? `${text.slice(0, characters)}... (${String(text.length)} characters)` : text;
}
