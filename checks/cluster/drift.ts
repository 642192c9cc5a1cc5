import { resourceName, UNKNOWN_SUFFIX, type Manifest } from "../../shared/kubernetes/manifest";
import { isPlainObject, show } from "../../shared/values/plainObjects";

/** A field whose live value differs from the written one. */
export interface Drift {
    /** `Kind namespace/name`. */
    resource: string;
    /** Path of the field; empty for the whole object. */
    field: string;
    expected: string;
    got: string;
}

/** How to compare values that have several spellings. */
export interface CompareOptions {
    /** Number of a Kubernetes quantity; undefined if the text is not a quantity. */
    parseQuantity: (text: string) => number | undefined;
    /** Placeholder in the expected values for a value that is not known here, such as a secret. */
    unknown?: string;
}

/** Fields that the server or Pulumi's provider sets, not the writer of the object. */
const SKIPPED = ["apiVersion", "kind", "status", "metadata.creationTimestamp", "metadata.namespace"];
/** istiod writes these fields into its own webhooks: its certificate, and the failure policy once it is ready. */
const WRITTEN_BY_ISTIOD = /^webhooks\[[^\]]*\]\.(clientConfig\.caBundle|failurePolicy)$/;
/**
 * AKS keeps every webhook away from its own namespaces, whoever wrote it:
 * https://learn.microsoft.com/en-us/azure/aks/faq
 */
const WRITTEN_BY_AKS =
    /^webhooks\[[^\]]*\]\.namespaceSelector\.matchExpressions\[(control-plane|kubernetes\.azure\.com\/managedby)\]$/;
/** Maps that belong to their writer as a whole: an additional key is a change. */
const WHOLE_MAPS = ["data", "binaryData"];
/** Fields that identify the items of a list, as in a strategic merge. */
const KEYS = ["name", "containerPort", "port", "mountPath", "key", "type"];

/**
 * Compares the written object with the live one. Only written fields count: defaults that the server fills in are not
 * drift.
 */
export function compareObject(expected: Manifest, live: Manifest | undefined, options: CompareOptions): Drift[] {
    const resource = resourceName(expected);
    if (live === undefined)
        return [{ resource, field: "", expected: "the object", got: "no such object: it was deleted" }];
    const secret = expected["kind"] === "Secret";
    const found = compareMaps("", comparable(expected, options), live, options);
    return found.map(({ field, expected: wanted, got }) => {
        const hide = secret && field.startsWith("data");
        return { resource, field, expected: hide ? "(secret)" : wanted, got: hide ? "(a different value)" : got };
    });
}

/**
 * Compares the values of a Helm release with those that the stack gives it: the same program writes both, so every
 * difference counts.
 */
export function compareValues(resource: string, expected: Manifest, got: Manifest, options: CompareOptions): Drift[] {
    const missing = compareMaps("", expected, got, options);
    const known = new Set(missing.map(({ field }) => field));
    const more = compareMaps("", got, expected, { ...options, mirrored: true })
        .filter(({ field }) => !known.has(field))
        .map(({ field, expected: there, got: wanted }) => ({ field, expected: wanted, got: there }));
    return [...missing, ...more].map((drift) => ({ resource, ...drift, field: `values.${drift.field}` }));
}

/** A drifted field as one line for people. */
export function formatDrift({ resource, field, expected, got }: Drift): string {
    return `${resource}${field === "" ? "" : ` ${field}`}: expected ${expected}, got ${got}`;
}

type Difference = Omit<Drift, "resource">;

interface Comparison extends CompareOptions {
    /** True if `got` holds the written values and `expected` the live ones. */
    mirrored?: boolean;
}

/** Moves `stringData` into `data`, as the API server does. */
function comparable(expected: Manifest, options: CompareOptions): Manifest {
    const { stringData, ...rest } = expected;
    if (!isPlainObject(stringData)) return expected;
    const encoded = Object.entries(stringData).map(([key, text]) => [
        key,
        isUnknown(text, options) ? text : Buffer.from(String(text)).toString("base64"),
    ]);
    return { ...rest, data: { ...(rest["data"] as object | undefined), ...Object.fromEntries(encoded) } };
}

function compare(path: string, expected: unknown, got: unknown, options: Comparison): Difference[] {
    if (SKIPPED.includes(path) || WRITTEN_BY_ISTIOD.test(path)) return [];
    if (isUnknown(options.mirrored === true ? got : expected, options)) return [];
    // The server omits empty values.
    if (isEmpty(expected) && isEmpty(got)) return [];
    if (isPlainObject(expected) && isPlainObject(got)) return compareMaps(path, expected, got, options);
    if (Array.isArray(expected) && Array.isArray(got)) return compareLists(path, expected, got, options);
    if (sameScalar(expected, got, options)) return [];
    if (typeof expected === "string" && typeof got === "string") return [compareText(path, expected, got)];
    return [{ field: path, expected: show(expected), got: show(got) }];
}

function compareMaps(path: string, expected: Manifest, got: Manifest, options: Comparison): Difference[] {
    const at = (key: string): string => (path === "" ? key : `${path}.${key}`);
    const written = Object.entries(expected).flatMap(([key, value]) => compare(at(key), value, got[key], options));
    if (!WHOLE_MAPS.includes(path)) return written;
    const more = Object.keys(got).filter((key) => !(key in expected) && !isUnknownGot(got[key], options));
    return [...written, ...more.map((key) => ({ field: at(key), expected: "nothing", got: show(got[key]) }))];
}

/** Matches items by their name if all of them have one, otherwise by their position. */
function compareLists(path: string, expected: unknown[], got: unknown[], options: Comparison): Difference[] {
    const name = KEYS.find((key) => [expected, got].every((list) => isNaming(list, key)));
    const label = (item: unknown, index: number): string =>
        name === undefined ? String(index) : String((item as Manifest)[name]);
    const wanted = new Map(expected.map((item, index) => [label(item, index), item]));
    const there = new Map(got.map((item, index) => [label(item, index), item]));
    return [
        ...[...wanted].flatMap(([key, item]) => compare(`${path}[${key}]`, item, there.get(key), options)),
        ...[...there]
            .filter(([key, item]) => !wanted.has(key) && !isUnknownGot(item, options))
            .filter(([key]) => !WRITTEN_BY_AKS.test(`${path}[${key}]`))
            .map(([key, item]) => ({ field: `${path}[${key}]`, expected: "nothing", got: show(item) })),
    ];
}

function isNaming(list: unknown[], key: string): boolean {
    const names = list.map((item) => (isPlainObject(item) ? item[key] : undefined));
    return names.every((name) => name !== undefined) && new Set(names).size === names.length;
}

/** True for a number and its text, and for two spellings of one quantity. */
function sameScalar(expected: unknown, got: unknown, { parseQuantity }: CompareOptions): boolean {
    if (!isScalar(expected) || !isScalar(got)) return false;
    if (String(expected) === String(got)) return true;
    if (isNameOf(String(expected), String(got)) || isNameOf(String(got), String(expected))) return true;
    const [left, right] = [parseQuantity(String(expected)), parseQuantity(String(got))];
    return left !== undefined && left === right;
}

/** True for text that contains the placeholder of an unknown value. */
function isUnknown(value: unknown, { unknown }: CompareOptions): boolean {
    return unknown !== undefined && typeof value === "string" && value.includes(unknown);
}

/** The same for `got`, which holds unknown values only in a mirrored comparison. */
function isUnknownGot(value: unknown, options: Comparison): boolean {
    return options.mirrored === true && isUnknown(value, options);
}

/** True if `name` is or contains the name that Pulumi generated where `planned` has {@link UNKNOWN_SUFFIX}. */
function isNameOf(planned: string, name: string): boolean {
    return planned.includes(UNKNOWN_SUFFIX) && planned === name.replaceAll(/-[0-9a-f]{8}\b/g, UNKNOWN_SUFFIX);
}

/** Reports only the first differing line of a long text, such as a configuration file. */
function compareText(path: string, expected: string, got: string): Difference {
    const [wanted, there] = [expected.split("\n"), got.split("\n")];
    const line = wanted.findIndex((text, index) => text !== there[index]);
    if (wanted.length < 2 || line < 0) return { field: path, expected: show(expected), got: show(got) };
    return { field: `${path} line ${String(line + 1)}`, expected: show(wanted[line]), got: show(there[line]) };
}

function isScalar(value: unknown): value is string | number | boolean {
    return ["string", "number", "boolean"].includes(typeof value);
}

function isEmpty(value: unknown): boolean {
    if (Array.isArray(value)) return value.length === 0;
    if (isPlainObject(value)) return Object.values(value).every(isEmpty);
    return value === undefined || value === null || value === "" || value === false || value === 0;
}
