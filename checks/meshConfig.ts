import { chartOf, isChart } from "./charts";
import { subjectOf, type Subject } from "./finding";
import { at, isPlainObject, listAt, mapAt, textAt } from "../shared/values/plainObjects";
import { isKind, namespaceOf, nameOf, type Manifest, type ObjectRef } from "../shared/kubernetes/manifest";
import { TRACING_KINDS } from "./meshObjects";

/** A mesh configuration and where it stands. */
export interface MeshConfigSource {
    /** The object that holds it. */
    resource: string;
    /** The same object, as data; undefined if a setting holds the configuration. */
    object?: ObjectRef;
    /** Where a Telemetry or a PeerAuthentication counts for the whole mesh. */
    rootNamespace: string;
    config: Manifest;
    /** Values of Istio's chart, where these hold it. */
    values: Manifest;
}

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

/** Reads YAML text; undefined when it is none. */
export type ParseYaml = (text: string) => unknown;

/**
 * Every mesh configuration among objects: in the values of Istio's chart, in istiod's ConfigMap, in an IstioOperator or
 * an Istio of the Sail operator. Of a chart whose ConfigMap is there as well, the ConfigMap counts: it is what istiod
 * reads.
 */
export function readMeshConfigs(objects: Manifest[], parseYaml: ParseYaml): MeshConfigSource[] {
    const found = objects.map((object) => readMeshConfig(object, parseYaml)).filter((one) => one !== undefined);
    const rendered = new Set(found.filter(({ live }) => live).map(({ namespace }) => namespace));
    return found.filter(({ live, namespace }) => live || !rendered.has(namespace)).map(({ source }) => source);
}

function readMeshConfig(
    object: Manifest,
    parseYaml: ParseYaml,
): { source: MeshConfigSource; namespace: string; live: boolean } | undefined {
    if (isKind(object, "ConfigMap", "") && /^istio(-|$)/.test(nameOf(object))) {
        const text = textAt(object, "data", "mesh");
        const config = text === undefined ? undefined : parseYaml(text);
        const namespace = namespaceOf(object);
        return isPlainObject(config)
            ? { source: sourceOf(subjectOf(object), namespace, config, {}), namespace, live: true }
            : undefined;
    }
    const chart = chartOf(object);
    if (chart !== undefined) {
        if (!isChart(chart, "istiod")) return undefined;
        const { namespace, values } = chart;
        return { source: sourceOf(chart, namespace, mapAt(values, "meshConfig"), values), namespace, live: false };
    }
    const operator = isKind(object, "IstioOperator", "install.istio.io");
    if (!operator && !isKind(object, "Istio", "sailoperator.io")) return undefined;
    const values = mapAt(object, "spec", "values");
    const namespace =
        textAt(object, "spec", "namespace") ?? textAt(values, "global", "istioNamespace") ?? "istio-system";
    const config = { ...mapAt(values, "meshConfig"), ...(operator && mapAt(object, "spec", "meshConfig")) };
    return { source: sourceOf(subjectOf(object), namespace, config, values), namespace, live: false };
}

function sourceOf(
    { resource, object }: Subject,
    namespace: string,
    config: Manifest,
    values: Manifest,
): MeshConfigSource {
    return { resource, object, rootNamespace: textAt(config, "rootNamespace") ?? namespace, config, values };
}

/** The providers of a mesh configuration that take spans. */
export function tracingProvidersOf({ resource, object, rootNamespace, config }: MeshConfigSource): TracingProvider[] {
    return listAt(config, "extensionProviders").flatMap((provider) => {
        const name = textAt(provider, "name") ?? "";
        return TRACING_KINDS.filter((kind) => isPlainObject(provider[kind])).map((kind) => ({
            ...{ resource: `${resource} provider ${name}`, object, name, kind, rootNamespace },
            settings: mapAt(provider, kind),
        }));
    });
}

/** How a provider sends spans, in the words of the setting `collectorProtocol`. */
export function providerProtocol({ kind, settings }: TracingProvider): string {
    if (kind !== "opentelemetry") return kind;
    return isPlainObject(settings["http"]) ? "otlp-http" : "otlp-grpc";
}

/** The providers that count where no Telemetry names one. */
export function defaultTracingProviders({ config }: MeshConfigSource): unknown[] {
    const names = at(config, "defaultProviders", "tracing");
    return Array.isArray(names) ? names : [];
}
