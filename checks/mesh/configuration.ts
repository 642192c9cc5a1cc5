import { isKind, namespaceOf, nameOf, type Manifest, type ObjectRef } from "../../shared/kubernetes/manifest";
import type { ParseYaml } from "../../shared/values/parseYaml";
import { at, deepMergeAsHelm, isPlainObject, itemsAt, listAt, mapAt, textAt } from "../../shared/values/plainObjects";
import { subjectOf, type Subject } from "../finding";
import { chartsOf, isIstiodChart } from "../manifest/charts";
import type { MeshConfigSource } from "./configurationSource";
import { readMeshFields } from "./fieldNames";
import { TRACING_KINDS } from "./objects";
import { AKS_SHARED, DEFAULT_REVISION, joinMeshes, sharedConfigMaps } from "./sharedConfiguration";

/** A provider of a mesh configuration that takes spans. */
export interface TracingProvider {
    /** The object that holds it, and its name. */
    resource: string;
    /** The object that holds it, as data; undefined if a setting holds the configuration. */
    object?: ObjectRef;
    name: string;
    kind: (typeof TRACING_KINDS)[number];
    /** What stands below its kind: service, port, http ... */
    settings: Manifest;
    rootNamespace: string;
}

/**
 * Every mesh configuration among objects: in the values of Istio's chart, in istiod's ConfigMap, in an IstioOperator or
 * an Istio of the Sail operator; one for each revision. Of a chart whose ConfigMap is there as well, the ConfigMap counts:
 * it is what istiod reads. A ConfigMap that istiod takes as well, as clouds do beside the one that they manage, and the
 * managed one are one mesh.
 */
export function readMeshConfigs(objects: Manifest[], parseYaml: ParseYaml): MeshConfigSource[] {
    const { found, beside } = findMeshes(objects, parseYaml);
    const live = found.filter((one) => one.live);
    const byName = new Map(live.map((one) => [`${one.namespace}/${one.name}`, one.source]));
    const joined = new Set<MeshConfigSource>();
    const planes = new Set(live.map(planeOf));
    const merged = found
        .filter((one) => one.live || !planes.has(planeOf(one)))
        .map(({ source, namespace, name }) => {
            const other = byName.get(`${namespace}/${beside(namespace, name)}`);
            if (other === undefined || other === source) return source;
            joined.add(other);
            return joinMeshes(other, source);
        });
    return merged.filter((source) => !joined.has(source));
}

/** The objects that install an istiod whose Deployment and ConfigMap are there as well, as `helm template` writes them. */
export function shadowedCharts(objects: Manifest[], parseYaml: ParseYaml): Set<Manifest> {
    const { found } = findMeshes(objects, parseYaml);
    const planes = new Set(found.filter((one) => one.live).map(planeOf));
    const istiods = new Set(
        objects
            .filter((object) => isKind(object, "Deployment", "apps"))
            .map((istiod) => `${namespaceOf(istiod)}/${nameOf(istiod)}`),
    );
    const hasIstiod = ({ namespace, source: { revision } }: FoundMesh): boolean =>
        istiods.has(`${namespace}/istiod${revision === DEFAULT_REVISION ? "" : `-${revision}`}`);
    return new Set(
        found.filter((one) => !one.live && planes.has(planeOf(one)) && hasIstiod(one)).map(({ holder }) => holder),
    );
}

function findMeshes(objects: Manifest[], parseYaml: ParseYaml) {
    const { beside, isShared } = sharedConfigMaps(objects);
    const found = objects.flatMap((holder): FoundMesh[] =>
        readMeshConfig(holder, parseYaml, isShared).map((one) => ({ ...one, holder })),
    );
    return { found, beside };
}

function planeOf({ namespace, source: { revision } }: FoundMesh): string {
    return `${namespace}/${revision}`;
}

interface FoundMesh {
    /** The object that it was read in. */
    holder: Manifest;
    source: MeshConfigSource;
    namespace: string;
    /** Name of the ConfigMap. */
    name: string;
    /** True for the ConfigMap itself. */
    live: boolean;
}

/** The text of a mesh configuration in a ConfigMap that istiod reads. */
export function meshText(object: Manifest): string | undefined {
    return isKind(object, "ConfigMap", "") && /^istio(-|$)/.test(nameOf(object))
        ? textAt(object, "data", "mesh")
        : undefined;
}

function readMeshConfig(
    object: Manifest,
    parseYaml: ParseYaml,
    isShared: (object: Manifest) => boolean,
): Omit<FoundMesh, "holder">[] {
    if (isKind(object, "ConfigMap", "")) {
        const text = isShared(object) ? textAt(object, "data", "mesh") : meshText(object);
        const config = text === undefined ? undefined : parseYaml(text);
        if (!isPlainObject(config)) return [];
        const name = nameOf(object);
        const namespace = textAt(object, "metadata", "namespace") ?? "istio-system";
        const own = name.replace(AKS_SHARED, "istio-");
        const revision = own === "istio" ? DEFAULT_REVISION : own.replace(/^istio-/, "");
        return [{ source: sourceOf(subjectOf(object), { namespace, revision }, config), namespace, name, live: true }];
    }
    const charts = chartsOf(object).filter(isIstiodChart);
    if (charts.length > 0) {
        return charts.map((chart) => {
            const { namespace, values, unresolved } = chart;
            const hidden = unresolved.some(({ part }) => part === "values") || bringsProviders(values["profile"]);
            return planned({ resource: chart.resource, object: chart.object }, namespace, values, { hidden });
        });
    }
    const operator = isKind(object, "IstioOperator", "install.istio.io");
    const sail = ["Istio", "IstioRevision"].some((kind) => SAIL.some((group) => isKind(object, kind, group)));
    if (!operator && !sail) return [];
    const values = mapAt(object, "spec", "values");
    const namespace =
        textAt(object, "spec", "namespace") ?? textAt(values, "global", "istioNamespace") ?? "istio-system";
    const mesh = deepMergeAsHelm(mapAt(values, "meshConfig"), operator ? mapAt(object, "spec", "meshConfig") : {});
    const hidden = bringsProviders(at(object, "spec", "profile"));
    const revision = operator ? textAt(object, "spec", "revision") : sailRevision(object);
    return [planned(subjectOf(object), namespace, { ...values, meshConfig: mesh }, { hidden, revision })];
}

const SAIL = ["sailoperator.io", "operator.istio.io"];

/** The profile of Istio's charts that defines providers of its own. */
function bringsProviders(profile: unknown): boolean {
    return profile === "demo";
}

/** Source: https://github.com/istio-ecosystem/sail-operator (updateStrategy) */
function sailRevision(object: Manifest): string {
    const name = nameOf(object);
    const byVersion = textAt(object, "spec", "updateStrategy", "type") === "RevisionBased";
    return byVersion ? `${name}-${(textAt(object, "spec", "version") ?? "").replaceAll(".", "-")}` : name;
}

function planned(
    subject: Subject,
    namespace: string,
    values: Manifest,
    { hidden, revision }: { hidden: boolean; revision?: string | undefined },
): Omit<FoundMesh, "holder"> {
    const own = revision ?? textAt(values, "revision") ?? "";
    const named = own === "" ? DEFAULT_REVISION : own;
    const source = sourceOf(subject, { namespace, revision: named }, mapAt(values, "meshConfig"), values, hidden);
    return { source, namespace, name: named === DEFAULT_REVISION ? "istio" : `istio-${named}`, live: false };
}

function sourceOf(
    { resource, object }: Subject,
    { namespace, revision }: { namespace: string; revision: string },
    raw: Manifest,
    values: Manifest = {},
    hidden = false,
): MeshConfigSource {
    const { config, dropped } = readMeshFields(raw);
    const rootNamespace = textAt(config, "rootNamespace") ?? namespace;
    return { resource, object, rootNamespace, revision, config, values, hidden, dropped };
}

/** The providers of a mesh configuration that take spans. */
export function tracingProvidersOf({
    resource,
    object,
    rootNamespace,
    config,
}: Pick<MeshConfigSource, "resource" | "object" | "rootNamespace" | "config">): TracingProvider[] {
    return listAt(config, "extensionProviders").flatMap((provider) => {
        const name = textAt(provider, "name") ?? "";
        return TRACING_KINDS.filter((kind) => isPlainObject(provider[kind])).map((kind) => ({
            ...{ resource: `${resource} provider ${name}`, object, name, kind, rootNamespace },
            settings: mapAt(provider, kind),
        }));
    });
}

/** How a provider sends spans, in the words of the setting `collector.protocol`. */
export function providerProtocol({ kind, settings }: TracingProvider): string {
    if (kind !== "opentelemetry") return kind;
    return isPlainObject(settings["http"]) ? "otlp-http" : "otlp-grpc";
}

/** The providers that count where no Telemetry names one. */
export function defaultTracingProviders({ config }: MeshConfigSource): unknown[] {
    return itemsAt(config, "defaultProviders", "tracing");
}
