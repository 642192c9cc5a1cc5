/** A JSON object of unknown shape, such as Helm values or a Kubernetes manifest. */
export type PlainObject = { [key: string]: unknown };

/** True for `{}`-like values; false for arrays, null and scalars. */
export function isPlainObject(value: unknown): value is PlainObject {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A copy of `base` with `over` laid on top, object by object; arrays and scalars of `over` replace those of `base`. */
export function deepMerge(base: PlainObject, over: PlainObject): PlainObject {
    const merged: PlainObject = { ...base };
    for (const [key, value] of Object.entries(over)) {
        const below = merged[key];
        merged[key] = isPlainObject(below) && isPlainObject(value) ? deepMerge(below, value) : value;
    }
    return merged;
}

/** JSON with sorted keys: equal for objects that differ only in the order of their keys. */
export function canonicalJson(value: unknown): string {
    return JSON.stringify(value, (_key, inner: unknown) =>
        isPlainObject(inner)
            ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
            : inner,
    );
}
