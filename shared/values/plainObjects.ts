/** A JSON object of unknown shape, such as Helm values or a Kubernetes manifest. */
export type PlainObject = { [key: string]: unknown };

/** True for `{}`-like values; false for arrays, null and scalars. */
export function isPlainObject(value: unknown): value is PlainObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a text says as JSON; undefined where it is none. */
export function parseJson(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return undefined;
    }
}

/** The value below a path of keys; undefined where something on the way is missing. */
export function at(value: unknown, ...path: string[]): unknown {
    return path.reduce((inner, key) => (isPlainObject(inner) ? inner[key] : undefined), value);
}

/** The map below a path of keys; an empty one where there is none. */
export function mapAt(value: unknown, ...path: string[]): PlainObject {
    const found = at(value, ...path);
    return isPlainObject(found) ? found : {};
}

/** What is in the list below a path of keys; nothing where there is no list. */
export function itemsAt(value: unknown, ...path: string[]): unknown[] {
    const found = at(value, ...path);
    return Array.isArray(found) ? found : [];
}

/** The maps in the list below a path of keys; none where there is no list. */
export function listAt(value: unknown, ...path: string[]): PlainObject[] {
    return itemsAt(value, ...path).filter(isPlainObject);
}

/** The text below a path of keys; undefined where there is none. */
export function textAt(value: unknown, ...path: string[]): string | undefined {
    const found = at(value, ...path);
    return typeof found === "string" ? found : undefined;
}

/** A copy of `base` with `over` laid on top, object by object; arrays and scalars of `over` replace those of `base`. */
export function deepMerge(base: PlainObject, over: PlainObject): PlainObject {
    return merge(base, over, (merged) => merged);
}

/** The same as Helm does it: a key whose value is null is left out where two objects meet. */
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

/** A value as people would recognise it, shortened when long. */
export function show(value: unknown): string {
    return value === undefined ? "nothing" : shorten(JSON.stringify(value), 120);
}

/** The beginning of a text that is longer than so many characters. */
export function shorten(text: string, characters: number): string {
    return text.length > characters ? `${text.slice(0, characters)}... (${String(text.length)} characters)` : text;
}
