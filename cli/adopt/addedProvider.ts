import { isMap, parseDocument, type Document } from "yaml";
import { addProvider, hasProvider, removeProvider } from "../../checks/mesh/providerEntry";
import { findProviderClash } from "../../components/settings/adoptedValues";
import type { SettingsProblem } from "../../components/settings/problems";
import type { Metadata } from "../../shared/kubernetes/objects";
import { firstLine } from "../../shared/terminal/errors";
import {
    at,
    canonicalJson,
    isPlainObject,
    listAt,
    mapAt,
    omit,
    parseJson,
    type PlainObject,
} from "../../shared/values/plainObjects";

/** The annotation that records what this program has added to somebody else's object, for `--undo`. */
export const ADDED_ANNOTATION = "istio-tracing/added-provider";

/** What {@link ADDED_ANNOTATION} holds, as JSON. */
interface Added {
    provider: PlainObject;
    /** Maps and lists that did not exist before, the outermost first; or the whole object. */
    made?: string[];
    /** The whole text before, if the mesh configuration is text. */
    before?: string;
}

/** A Kubernetes object that holds a mesh configuration, as the API server returns it. */
export type MeshHolder = PlainObject & { metadata: Metadata };

/**
 * The object as it has to be written; the same object if nothing changes; or why it must not be written. `obsolete`: this
 * program has created it, and nothing of anybody else is in it.
 */
export type Change = { object: MeshHolder; obsolete?: boolean } | { problems: SettingsProblem[] };

const WHOLE = "object";
const IN_ISTIO = ["spec", "values", "meshConfig", "extensionProviders"] as const;

/** Adds a provider to an `Istio` of the Sail operator. */
export function addToIstio(found: MeshHolder, provider: PlainObject): Change {
    const former = withoutOther(found, provider, removeFromIstio);
    if ("problems" in former) return former;
    const istio = former.object;
    const key = `Istio ${istio.metadata.name} spec.values.meshConfig`;
    const mesh = at(istio, "spec", "values", "meshConfig") ?? undefined;
    const problems = findProviderClash(key, mesh, provider);
    if (problems.length > 0) return { problems };
    if (hasProvider(mapAt(mesh), provider)) return { object: istio };
    const made = IN_ISTIO.filter((_, depth) => (at(istio, ...IN_ISTIO.slice(0, depth + 1)) ?? null) === null);
    return { object: annotate(withMesh(istio, addProvider(mapAt(mesh), provider)), { provider, made }) };
}

/** Removes what {@link addToIstio} has added. */
export function removeFromIstio(istio: MeshHolder): Change {
    const added = readAdded(istio);
    if (added === undefined) return { object: istio };
    const mesh = mapAt(istio, "spec", "values", "meshConfig");
    const changed = findChanged(`Istio ${istio.metadata.name} spec.values.meshConfig`, mesh, added);
    if (changed.length > 0) return { problems: changed };
    const { made = [] } = added;
    const list = made.includes("extensionProviders") ? {} : { extensionProviders: [] };
    let result = annotate(withMesh(istio, { ...list, ...removeProvider(mesh, added.provider) }), undefined);
    for (const name of [...made].reverse()) {
        const path = IN_ISTIO.slice(0, IN_ISTIO.indexOf(name as (typeof IN_ISTIO)[number]) + 1);
        if (Object.keys(mapAt(result, ...path)).length === 0) result = without(result, path) as MeshHolder;
    }
    return { object: result };
}

/**
 * Adds a provider to a ConfigMap with a mesh configuration in `data.mesh`, as AKS has it for its users. One without a UID
 * does not exist yet.
 */
export function addToConfigMap(found: MeshHolder, provider: PlainObject): Change {
    const former = withoutOther(found, provider, removeFromConfigMap);
    if ("problems" in former) return former;
    const configMap = former.object;
    const key = `ConfigMap ${configMap.metadata.namespace ?? ""}/${configMap.metadata.name} data.mesh`;
    if (configMap["immutable"] === true) {
        const next = "replace it with a ConfigMap that is not immutable";
        return { problems: [{ key, expected: "a ConfigMap that can be changed", got: "an immutable one", next }] };
    }
    const { document, text: before, problem } = readText(key, at(configMap, "data", "mesh"));
    if (document === undefined) return { problems: [problem] };
    const mesh: unknown = document.toJS() ?? undefined;
    const problems = findProviderClash(key, mesh, provider);
    if (problems.length > 0) return { problems };
    if (hasProvider(mapAt(mesh), provider)) return { object: configMap };
    const isNew = configMap.metadata.uid === undefined || former.obsolete === true;
    const made = isNew ? { made: [WHOLE] } : {};
    return { object: annotate(withText(configMap, textWith(document, provider)), { provider, before, ...made }) };
}

/** Removes what {@link addToConfigMap} has added; the text is the former one if nobody has changed it since. */
export function removeFromConfigMap(configMap: MeshHolder): Change {
    const added = readAdded(configMap);
    if (added === undefined) return { object: configMap };
    const key = `ConfigMap ${configMap.metadata.namespace ?? ""}/${configMap.metadata.name} data.mesh`;
    const { document, problem } = readText(key, at(configMap, "data", "mesh"));
    if (document === undefined) return { problems: [problem] };
    const mesh = mapAt(document.toJS());
    const changed = findChanged(key, mesh, added);
    if (changed.length > 0) return { problems: changed };
    const { document: former } = readText(key, added.before ?? "");
    const untouched = former !== undefined && textWith(former, added.provider) === at(configMap, "data", "mesh");
    const text = untouched ? (added.before ?? "") : textWithout(document, added.provider);
    const isAlone = Object.keys(mapAt(configMap, "data")).length === 1;
    const obsolete = untouched && isAlone && added.made?.includes(WHOLE) === true;
    return { object: annotate(withText(configMap, text), undefined), obsolete };
}

/** The provider that this program has added to an object; undefined if it has added none. */
export function addedProvider(object: MeshHolder): PlainObject | undefined {
    return readAdded(object)?.provider;
}

/** Without the provider of other settings, which an earlier run has added. */
function withoutOther(object: MeshHolder, provider: PlainObject, remove: (object: MeshHolder) => Change): Change {
    const added = readAdded(object);
    const isOther = added !== undefined && canonicalJson(added.provider) !== canonicalJson(provider);
    return isOther ? remove(object) : { object };
}

function readAdded({ metadata }: MeshHolder): Added | undefined {
    const added = parseJson(metadata.annotations?.[ADDED_ANNOTATION] ?? "");
    return isPlainObject(added) && isPlainObject(added["provider"]) ? (added as unknown as Added) : undefined;
}

/** An owner who has edited the provider since may rely on it, so it stays. One who has removed it may not. */
function findChanged(key: string, mesh: PlainObject, { provider }: Added): SettingsProblem[] {
    const name = provider["name"];
    const now = listAt(mesh, "extensionProviders").find((one) => one["name"] === name);
    if (now === undefined || canonicalJson(now) === canonicalJson(provider)) return [];
    return [
        {
            key: `${key}.extensionProviders`,
            expected: `the provider ${String(name)} as this program has added it`,
            got: "one that somebody has changed since",
            next: `if nobody needs it, remove it by hand, together with the annotation ${ADDED_ANNOTATION}`,
        },
    ];
}

function withMesh(istio: MeshHolder, mesh: PlainObject): MeshHolder {
    const spec = mapAt(istio, "spec");
    return { ...istio, spec: { ...spec, values: { ...mapAt(spec, "values"), meshConfig: mesh } } };
}

function withText(configMap: MeshHolder, mesh: string): MeshHolder {
    return { ...configMap, data: { ...mapAt(configMap, "data"), mesh } };
}

function annotate(object: MeshHolder, added: Added | undefined): MeshHolder {
    const record = added === undefined ? {} : { [ADDED_ANNOTATION]: JSON.stringify(added) };
    const annotations = { ...omit(mapAt(object.metadata, "annotations"), ADDED_ANNOTATION), ...record };
    const metadata = Object.keys(annotations).length === 0 ? {} : { annotations };
    return { ...object, metadata: { ...omit({ ...object.metadata }, "annotations"), ...metadata } as Metadata };
}

function without(value: PlainObject, [key = "", ...below]: readonly string[]): PlainObject {
    const inner = value[key];
    if (below.length === 0 || !isPlainObject(inner)) return omit(value, key);
    return { ...value, [key]: without(inner, below) };
}

function readText(
    key: string,
    given: unknown,
):
    | { document: Document; text: string; problem?: never }
    | { document?: never; text?: never; problem: SettingsProblem } {
    const text = given ?? "";
    const document = parseDocument(typeof text === "string" ? text : "");
    const [error] = document.errors;
    const isReadable = typeof text === "string" && error === undefined;
    if (isReadable && (document.contents === null || isMap(document.contents))) return { document, text };
    const reason = error === undefined ? "" : ` (${firstLine(error).replace(/:$/, "")})`;
    const next = "correct it: istiod ignores it in its current form";
    return {
        problem: { key, expected: "a mesh configuration in YAML", got: `text that is none${reason}`, next },
    };
}

function textWith(document: Document, provider: PlainObject): string {
    const copy = document.clone();
    if (copy.contents === null) copy.contents = copy.createNode({});
    if (copy.hasIn(["extensionProviders"]) && copy.getIn(["extensionProviders"]) !== null) {
        copy.addIn(["extensionProviders"], copy.createNode(provider));
    } else copy.setIn(["extensionProviders"], copy.createNode([provider]));
    return copy.toString({ lineWidth: 0 });
}

function textWithout(document: Document, provider: PlainObject): string {
    const copy = document.clone();
    const list = listAt(copy.toJS(), "extensionProviders");
    const index = list.findIndex((one) => canonicalJson(one) === canonicalJson(provider));
    if (index >= 0) copy.deleteIn(list.length === 1 ? ["extensionProviders"] : ["extensionProviders", index]);
    return copy.toString({ lineWidth: 0 });
}
