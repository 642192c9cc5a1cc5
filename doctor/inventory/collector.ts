import { serviceNameOf } from "../../checks/cluster/collectorAddress";
import {
    effectiveSampling,
    type WorkloadSampling,
    type SamplingSources,
} from "../../checks/telemetry/effectiveSampling";
import { findProvider, type ProxyConfigObject, isReadBy } from "../../checks/mesh/objects";
import type { ProxyConfigOrigin } from "../../checks/telemetry/samplingDecision";
import { itemsOf } from "../../shared/cluster/facts";
import { PROXY_CONFIG } from "../../checks/mesh/shapes";
import { podAddresses, type PodObject, type ServiceObject, type SpecObject } from "../../shared/kubernetes/objects";
import { slicesOf } from "../../shared/kubernetes/services";
import { PROXY_CONFIG_ANNOTATION } from "../../shared/names/istio";
import { parseJson, textAt } from "../../shared/values/plainObjects";
import { podsOf, sidecarOf, type Mesh } from "./mesh";
import type { Discovery } from "./objects";

/** Where a workload's spans go according to the objects. */
export interface CollectorTarget {
    /** Name of the extension provider. */
    provider: string;
    /** `opentelemetry`, `zipkin` and others. */
    kind: string;
    /** True if Envoy exports over gRPC. */
    grpc: boolean;
    /** Host in istiod's registry, without a leading `NAMESPACE/`. */
    host: string;
    /** The namespace of the host, if the provider names it. */
    hostNamespace: string | undefined;
    port: number;
    /** Path of a sidecar's calls: the provider's own, otherwise the usual one of its kind. */
    path: string;
    /** Name of the cluster to which sidecars send. */
    cluster: string;
    /** The Service of that host, if the cluster has one. */
    service: ServiceObject | undefined;
    /** The ServiceEntry of that host, if there is one. */
    serviceEntry: SpecObject | undefined;
    /** Pods behind the Service. */
    pods: PodObject[];
}

/** Paths of receivers for spans, by the kind of the provider. */
export const USUAL_PATHS = { opentelemetry: "/v1/traces", zipkin: "/api/v2/spans" } as const;
const GRPC_PATHS: Record<string, string> = {
    opentelemetry: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    skywalking: "/skywalking.v3.TraceSegmentReportService/collect",
};

/** The effective sampling of a pod, from the checks. */
export function samplingOfPod(pod: PodObject, mesh: Mesh, discovery: Discovery): WorkloadSampling {
    return effectiveSampling(sourcesOf(pod, mesh, discovery));
}

/** Where a pod's spans go; undefined without a provider. */
export function collectorOfPod(
    pod: PodObject,
    { client, server }: WorkloadSampling,
    mesh: Mesh,
    discovery: Discovery,
): CollectorTarget | undefined {
    // A Telemetry can name it for only one side.
    const provider = client.provider ?? server.provider;
    return (
        findCollector(provider, mesh, discovery) ??
        (provider === "zipkin" ? findLegacyCollector(pod, mesh, discovery) : undefined)
    );
}

/** The configuration that decides the sampling of a pod. */
export function sourcesOf(pod: PodObject, mesh: Mesh, discovery: Pick<Discovery, "telemetries">): SamplingSources {
    return {
        mesh: mesh.config,
        telemetries: itemsOf(discovery.telemetries),
        revision: mesh.revision,
        rootNamespace: mesh.rootNamespace,
        namespace: pod.metadata.namespace ?? "",
        workload: { labels: pod.metadata.labels ?? {}, proxyConfig: proxyConfigOf(pod), configuredBy: configurer(pod) },
        pilotTraceSampling: mesh.pilotTraceSampling,
    };
}

/**
 * The origin of a pod's legacy sampling rate: its annotation, or the mesh configuration at the time when it started.
 */
function configurer({ metadata }: PodObject): ProxyConfigOrigin {
    const annotation = metadata.annotations?.[PROXY_CONFIG_ANNOTATION] ?? "";
    return /\bsampling"?\s*:/.test(annotation) ? "annotation" : "meshConfigAtStart";
}

/** The configuration with which a pod's proxy started. */
export function proxyConfigOf(pod: PodObject): ProxyConfigObject | undefined {
    const text = sidecarOf(pod)?.env?.find(({ name }) => name === "PROXY_CONFIG")?.value;
    if (text === undefined || text.trim() === "") return undefined;
    return PROXY_CONFIG(parseJson(text));
}

/** The collector behind a provider; undefined if the mesh configuration has no such provider. */
export function findCollector(
    provider: string | undefined,
    mesh: Mesh,
    discovery: Discovery,
): CollectorTarget | undefined {
    const entry = provider === undefined ? undefined : findProvider(mesh.config, provider);
    const kind = ["opentelemetry", "zipkin", "datadog", "skywalking"].find((name) => entry?.[name] !== undefined);
    if (entry === undefined || kind === undefined) return undefined;
    const settings = entry[kind] as { service?: string; port?: number; http?: unknown };
    const [host = "", hostNamespace] = (settings.service ?? "").split("/").reverse();
    const port = settings.port ?? 0;
    const grpc = kind === "skywalking" || (kind === "opentelemetry" && settings.http === undefined);
    const entries = itemsOf(discovery.serviceEntries).filter(
        (object) => isReadBy(object, mesh.revision) && ((object.spec?.["hosts"] ?? []) as string[]).includes(host),
    );
    return {
        provider: entry.name,
        kind,
        ...{ grpc, host, hostNamespace, port, path: pathOf(kind, grpc, settings) },
        cluster: `outbound|${String(port)}||${host}`,
        ...behind(host, mesh, discovery),
        serviceEntry: entries.find(({ metadata }) => metadata.namespace === hostNamespace) ?? entries[0],
    };
}

function pathOf(kind: string, grpc: boolean, settings: object): string {
    if (grpc) return GRPC_PATHS[kind] ?? "/";
    const own = textAt(settings, ...(kind === "opentelemetry" ? ["http", "path"] : ["path"]));
    return own ?? (kind === "opentelemetry" || kind === "zipkin" ? USUAL_PATHS[kind] : "/");
}

/**
 * The collector of the legacy field `tracing.zipkin.address`, which a sidecar reads at startup and keeps until it ends.
 */
export function findLegacyCollector(pod: PodObject, mesh: Mesh, discovery: Discovery): CollectorTarget | undefined {
    const address = (proxyConfigOf(pod)?.tracing?.["zipkin"] as { address?: string } | undefined)?.address;
    if (address === undefined) return undefined;
    const [, host = "", port = ""] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(address) ?? [];
    // A sidecar resolves it with DNS, where shorter names than istiod's also work.
    const [name = "", namespace = pod.metadata.namespace ?? "", svc = "svc"] = host.split(".");
    const full = `${name}.${namespace}.svc.${mesh.clusterDomain}`;
    const inside = svc === "svc" && serviceOf(full, mesh.clusterDomain, itemsOf(discovery.services)) !== undefined;
    const named = inside ? full : host;
    return {
        ...{ provider: "zipkin", kind: "zipkin", grpc: false, cluster: "zipkin", path: USUAL_PATHS.zipkin },
        ...{ host: named, hostNamespace: undefined, port: Number(port), serviceEntry: undefined },
        ...behind(named, mesh, discovery),
    };
}

/**
 * True for a sidecar that traces with its startup configuration, because neither a Telemetry nor a default provider
 * overrides it.
 */
export function tracesTheFormerWay(pod: PodObject, mesh: Mesh, discovery: Discovery): boolean {
    const { reporting, provider = "" } = samplingOfPod(pod, mesh, discovery).server;
    if (!reporting || findProvider(mesh.config, provider) !== undefined) return false;
    return findLegacyCollector(pod, mesh, discovery) !== undefined;
}

function behind(host: string, mesh: Mesh, discovery: Discovery): Pick<CollectorTarget, "service" | "pods"> {
    const service = serviceOf(host, mesh.clusterDomain, itemsOf(discovery.services));
    return { service, pods: service === undefined ? [] : podsBehind(service, discovery) };
}

/** The pods that a Service selects; without a selector, those whose addresses are in its EndpointSlices. */
export function podsBehind(
    service: ServiceObject,
    { pods, endpointSlices }: Pick<Discovery, "pods" | "endpointSlices">,
): PodObject[] {
    if (Object.keys(service.spec?.selector ?? {}).length > 0) return podsOf(service, itemsOf(pods));
    const addresses = slicesOf(service, itemsOf(endpointSlices))
        .flatMap(({ endpoints }) => endpoints ?? [])
        .flatMap((endpoint) => endpoint.addresses ?? []);
    return itemsOf(pods).filter((pod) => podAddresses(pod).some((address) => addresses.includes(address)));
}

/** The Service with that full name. */
export function serviceOf(host: string, domain: string, services: ServiceObject[]): ServiceObject | undefined {
    if (!host.endsWith(`.svc.${domain}`)) return undefined;
    const { name, namespace } = serviceNameOf(host);
    return services.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
}
