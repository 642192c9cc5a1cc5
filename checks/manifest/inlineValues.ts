import { isKind, nameOf, namespaceOf, type Manifest } from "../../shared/kubernetes/manifest";
import type { ParseYaml } from "../../shared/values/parseYaml";
import { at, deepMergeAsHelm, isPlainObject, listAt, mapAt, textAt } from "../../shared/values/plainObjects";
import { argoSpecPath } from "./charts";

/** Files of chart values by the path under which they were passed. */
export type ValueFiles = ReadonlyMap<string, Manifest>;

interface Sources {
    parseYaml: ParseYaml;
    files: ValueFiles;
    /** An object among those that are checked. */
    find: (kind: string, group: string, namespace: string, name: string) => Manifest | undefined;
}

/**
 * The same objects, with the values of their charts as data: parses text, and copies values from ConfigMaps, other
 * objects and files into the object that refers to them. A reference that cannot be found or parsed stays as it is.
 *
 * @returns as many objects as were passed, in the same order. Objects that install no chart are unchanged.
 */
export function inlineValues(objects: Manifest[], parseYaml: ParseYaml, files: ValueFiles = new Map()): Manifest[] {
    let index: Map<string, Manifest> | undefined;
    const keyOf = (kind: string, namespace: string, name: string): string => `${kind} ${namespace}/${name}`;
    const sources: Sources = {
        ...{ parseYaml, files },
        find: (kind, group, namespace, name) => {
            index ??= new Map(
                objects.map((one) => [keyOf(textAt(one, "kind") ?? "", namespaceOf(one), nameOf(one)), one]),
            );
            const found = index.get(keyOf(kind, namespace, name));
            return found !== undefined && isKind(found, kind, group) ? found : undefined;
        },
    };
    return objects.map((object) => inlined(object, sources));
}

function inlined(object: Manifest, sources: Sources): Manifest {
    if (isKind(object, "HelmRelease", "helm.toolkit.fluxcd.io")) return inlineFlux(object, sources);
    if (isKind(object, "HelmChart", "helm.cattle.io")) return inlineK3s(object, sources);
    return inlineArgo(object, sources);
}

function inlineArgo(object: Manifest, sources: Sources): Manifest {
    const path = argoSpecPath(object);
    if (path === undefined) return object;
    const spec = mapAt(object, ...path);
    return withAt(object, path, {
        ...spec,
        ...(isPlainObject(spec["source"]) && { source: inlineArgoSource(spec["source"], sources) }),
        ...(Array.isArray(spec["sources"]) && {
            sources: listAt(spec, "sources").map((source) => inlineArgoSource(source, sources)),
        }),
    });
}

/** `valuesObject` replaces `values`. Both override files, and parameters override both. */
function inlineArgoSource(source: Manifest, sources: Sources): Manifest {
    if (!isPlainObject(source["helm"])) return source;
    const { values, valuesObject, valueFiles, parameters, ...helm } = source["helm"];
    const wanted = Array.isArray(valueFiles) ? valueFiles.map(String) : [];
    const found = wanted.map((file) => ({ file, values: valuesIn(sources.files, file) }));
    const text = isPlainObject(valuesObject) ? valuesObject : readMap(values, sources.parseYaml);
    const layers = [...found.map((one) => one.values), text].filter((layer) => layer !== undefined);
    const merged = layers.reduce(deepMergeAsHelm, {});
    const set = Array.isArray(parameters) ? parameters.filter(isPlainObject) : [];
    return {
        ...source,
        helm: {
            ...helm,
            ...(text === undefined && values !== undefined && { values }),
            valueFiles: found.filter((one) => one.values === undefined).map(({ file }) => file),
            valuesObject: set.reduce((into, one) => withValue(into, textAt(one, "name") ?? "", one["value"]), merged),
        },
    };
}

function valuesIn(files: ValueFiles, wanted: string): Manifest | undefined {
    return [...files].find(([given]) => isFileNamed(given, wanted))?.[1];
}

/**
 * True if `valueFiles` of an Application names this file.
 *
 * @param given the path under which it was passed, which can be longer.
 * @param wanted a path relative to the chart, or below `$REPOSITORY`.
 */
export function isFileNamed(given: string, wanted: string): boolean {
    const path = wanted.replace(/^\$[^/]+\//, "").replace(/^(\.{0,2}\/)+/, "");
    return given === path || given.endsWith(`/${path}`);
}

/** A HelmChartConfig of the same name overrides the HelmChart. */
function inlineK3s(object: Manifest, sources: Sources): Manifest {
    const own = mapAt(object, "spec");
    const config = sources.find("HelmChartConfig", "helm.cattle.io", namespaceOf(object), nameOf(object));
    const texts = [own["valuesContent"], at(config, "spec", "valuesContent")].filter((text) => text !== undefined);
    const read = texts.map((text) => ({ text, values: readMap(text, sources.parseYaml) }));
    const layers = [own["values"], ...read.map(({ values }) => values), at(config, "spec", "values")].filter(
        isPlainObject,
    );
    const spec = Object.fromEntries(Object.entries(own).filter(([key]) => key !== "valuesContent"));
    const left = read.find(({ values }) => values === undefined)?.text;
    const set = Object.entries(mapAt(spec, "set"));
    const values = set.reduce(
        (into, [name, value]) => withValue(into, name, value),
        layers.reduce(deepMergeAsHelm, {}),
    );
    return { ...object, spec: { ...spec, values, ...(left !== undefined && { valuesContent: left }) } };
}

/** `values` overrides `valuesFrom`, in which later entries override earlier ones. */
function inlineFlux(object: Manifest, sources: Sources): Manifest {
    const { valuesFrom, ...spec } = mapAt(object, "spec");
    const references = Array.isArray(valuesFrom) ? valuesFrom.filter(isPlainObject) : [];
    const found = references.map((reference) => {
        const text = fluxText(object, reference, sources);
        return { reference, text, values: text === undefined ? undefined : fluxValues(text, reference, sources) };
    });
    const layers = [...found.map(({ values }) => values), spec["values"]].filter(isPlainObject);
    return {
        ...object,
        spec: {
            ...spec,
            ...fluxChart(object, sources),
            values: layers.reduce(deepMergeAsHelm, {}),
            valuesFrom: found
                .filter(({ values }) => values === undefined)
                .map(({ reference, text }) => ({ ...reference, ...(text !== undefined && { text }) })),
        },
    };
}

function fluxText(release: Manifest, reference: Manifest, { find }: Sources): string | undefined {
    if (textAt(reference, "kind") !== "ConfigMap") return undefined;
    const map = find("ConfigMap", "", namespaceOf(release), textAt(reference, "name") ?? "");
    return textAt(map, "data", textAt(reference, "valuesKey") ?? "values.yaml");
}

function fluxValues(text: string, reference: Manifest, { parseYaml }: Sources): Manifest | undefined {
    const path = textAt(reference, "targetPath");
    return path === undefined ? readMap(text, parseYaml) : withValue({}, path, parseYaml(text));
}

/** The chart behind a `chartRef`, in the field in which a release without one names it. */
function fluxChart(release: Manifest, sources: Sources): Manifest {
    const reference = mapAt(release, "spec", "chartRef");
    const kind = textAt(reference, "kind") ?? "";
    const namespace = textAt(reference, "namespace") ?? namespaceOf(release);
    const found = sources.find(kind, "source.toolkit.fluxcd.io", namespace, textAt(reference, "name") ?? "");
    if (found === undefined) return {};
    const version = kind === "OCIRepository" ? tagOf(found) : textAt(found, "spec", "version");
    const chart = textAt(found, "spec", kind === "OCIRepository" ? "url" : "chart");
    if (chart === undefined) return {};
    return { chartRef: undefined, chart: { spec: { chart, ...(version !== undefined && { version }) } } };
}

/** A digest identifies one version, whatever its number. */
function tagOf(repository: Manifest): string | undefined {
    const reference = mapAt(repository, "spec", "ref");
    if (textAt(reference, "digest") !== undefined) return textAt(reference, "tag") ?? "0.0.0";
    return textAt(reference, "semver") ?? textAt(reference, "tag");
}

/** Values as text or as data; empty text contains none. Undefined for anything else. */
function readMap(value: unknown, parseYaml: ParseYaml): Manifest | undefined {
    if (typeof value !== "string") return isPlainObject(value) ? value : undefined;
    const read = parseYaml(value);
    if (read === null) return {};
    return isPlainObject(read) ? read : undefined;
}

/** Values with one more value at a path, as `helm --set` writes it. List items and escaped dots are not supported. */
function withValue(values: Manifest, path: string, value: unknown): Manifest {
    if (path === "" || /[[\]\\]/.test(path)) return values;
    return withAt(values, path.split("."), value);
}

function withAt(map: Manifest, [key = "", ...rest]: string[], value: unknown): Manifest {
    const inner = map[key];
    return { ...map, [key]: rest.length === 0 ? value : withAt(isPlainObject(inner) ? inner : {}, rest, value) };
}
