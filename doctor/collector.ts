import { parseAddress } from "../checks/clusterCollector";
import { effectiveSampling, type WorkloadSampling } from "../checks/effectiveSampling";
import { findProvider, type ProxyConfigObject } from "../checks/meshObjects";
import { known } from "./discover";
import { podsOf, sidecarOf, type Mesh } from "./mesh";
import type { Discovery, PodObject, SelectingService, SpecObject } from "./objects";

/** Where a workload's spans go, as far as objects tell. */
export interface CollectorTarget {
    /** Name of the extension provider. */
    provider: string;
    /** `opentelemetry`, `zipkin` and so on. */
    kind: string;
    /** True when Envoy exports over gRPC. */
    grpc: boolean;
    /** Host as istiod's registry must know it, without a leading `NAMESPACE/`. */
    host: string;
    port: number;
    /** The Service of that host, when it is one of the cluster. */
    service: SelectingService | undefined;
    /** The ServiceEntry of that host, when there is one. */
    serviceEntry: SpecObject | undefined;
    /** Pods behind the Service. */
    pods: PodObject[];
}

/** The sampling that a pod ends up with, by the rules of the checks. */
export function samplingOfPod(pod: PodObject, mesh: Mesh, discovery: Discovery): WorkloadSampling {
    return effectiveSampling({
        mesh: mesh.config,
        telemetries: known(discovery.telemetries),
        rootNamespace: mesh.rootNamespace,
        namespace: pod.metadata.namespace ?? "",
        workload: { labels: pod.metadata.labels ?? {}, proxyConfig: proxyConfigOf(pod), configuredBy: configurer(pod) },
        pilotTraceSampling: mesh.pilotTraceSampling,
    });
}

/** Whoever set a pod's former sampling rate: its annotation, or the mesh configuration of the time when it started. */
function configurer({ metadata }: PodObject): string {
    const annotation = metadata.annotations?.["proxy.istio.io/config"] ?? "";
    return /\bsampling"?\s*:/.test(annotation)
        ? "the pod's annotation proxy.istio.io/config"
        : "defaultConfig of the mesh configuration when the pod started";
}

/** What a pod's proxy started with. */
export function proxyConfigOf(pod: PodObject): ProxyConfigObject | undefined {
    const text = sidecarOf(pod)?.env?.find(({ name }) => name === "PROXY_CONFIG")?.value;
    if (text === undefined || text.trim() === "") return undefined;
    try {
        return JSON.parse(text) as ProxyConfigObject;
    } catch {
        return undefined;
    }
}

/** The collector behind a provider; undefined when the mesh configuration has no such provider. */
export function findCollector(
    provider: string | undefined,
    mesh: Mesh,
    discovery: Discovery,
): CollectorTarget | undefined {
    const entry = provider === undefined ? undefined : findProvider(mesh.config, provider);
    const kind = ["opentelemetry", "zipkin", "datadog", "skywalking"].find((name) => entry?.[name] !== undefined);
    if (entry === undefined || kind === undefined) return undefined;
    const settings = entry[kind] as { service?: string; port?: number; http?: unknown };
    const host = (settings.service ?? "").split("/").pop() ?? "";
    const service = serviceOf(host, mesh.clusterDomain, known(discovery.services));
    return {
        provider: entry.name,
        kind,
        grpc: kind === "skywalking" || (kind === "opentelemetry" && settings.http === undefined),
        host,
        port: settings.port ?? 0,
        service,
        serviceEntry: known(discovery.serviceEntries).find((object) =>
            ((object.spec?.["hosts"] ?? []) as string[]).includes(host),
        ),
        pods: service === undefined ? [] : podsOf(service, known(discovery.pods)),
    };
}

/** The Service with that full name. */
export function serviceOf(host: string, domain: string, services: SelectingService[]): SelectingService | undefined {
    if (!host.endsWith(`.svc.${domain}`)) return undefined;
    const { name, namespace } = parseAddress(host);
    return services.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
}
