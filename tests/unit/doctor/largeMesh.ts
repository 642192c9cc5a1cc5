import type { TelemetryObject, TracingBlock } from "../../../checks/mesh/objects";
import type { Discovery, IstiodObject } from "../../../doctor/inventory/objects";
import type { ClusterObject, PodObject } from "../../../shared/kubernetes/objects";

/** What a test changes about a pod. */
export interface PodWish {
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    /** What its sidecar started with; `none` for a pod without one. */
    proxyConfig?: object | "none";
    revision?: string;
    owner?: { kind: string; name: string };
    hostNetwork?: boolean;
}

const PROVIDER = {
    name: "tracing",
    opentelemetry: { service: "collector.istio-system.svc.cluster.local", port: 4317 },
};

/** A running pod, with a native sidecar unless the wish is for none. */
export function pod(namespace: string, name: string, wish: PodWish = {}): PodObject {
    const {
        labels = { app: name },
        annotations = {},
        proxyConfig = {},
        revision = "default",
        owner,
        hostNetwork,
    } = wish;
    const injected = proxyConfig !== "none";
    const status = { "sidecar.istio.io/status": JSON.stringify({ revision }) };
    const sidecar = { name: "istio-proxy", env: [{ name: "PROXY_CONFIG", value: JSON.stringify(proxyConfig) }] };
    return {
        metadata: {
            ...{ name, namespace, labels },
            annotations: { ...annotations, ...(injected && status) },
            ...(owner !== undefined && { ownerReferences: [owner] }),
        },
        spec: { containers: [{ name: "app" }], initContainers: injected ? [sidecar] : [], hostNetwork },
        status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
    };
}

/** A Telemetry; in the root namespace it counts for the whole mesh. */
export function telemetry(namespace: string, name: string, block: TracingBlock, app?: string): TelemetryObject {
    const selector = app === undefined ? undefined : { matchLabels: { app } };
    return { metadata: { name, namespace }, spec: { selector, tracing: [block] } };
}

function istiod(revision: string): IstiodObject {
    const labels = {
        "istio.io/rev": revision,
        "app.kubernetes.io/version": revision === "default" ? "1.31.1" : "1.32.0",
    };
    return { metadata: { name: "istiod", namespace: "istio-system", labels }, status: { readyReplicas: 1 } };
}

function webhook(revision: string): ClusterObject {
    return { metadata: { name: `injector-${revision}`, labels: { "istio.io/rev": revision } } };
}

/** A cluster with these pods, the namespaces of which ask for sidecars unless labels say otherwise. */
export function cluster(
    pods: PodObject[],
    telemetries: TelemetryObject[],
    labels: Record<string, Record<string, string>> = {},
    mesh = `extensionProviders: [${JSON.stringify(PROVIDER)}]`,
): Discovery {
    const names = [...new Set([...pods.map(({ metadata }) => metadata.namespace ?? ""), ...Object.keys(labels)])];
    const configMaps = ["istio", "istio-canary"].map((name) => ({
        metadata: { name, namespace: "istio-system" },
        data: { mesh },
    }));
    return {
        istiods: { value: [istiod("canary"), istiod("default")] },
        meshConfigMaps: { value: configMaps },
        injectors: { value: [] },
        namespaces: {
            value: names.map((name) => ({
                metadata: { name, labels: labels[name] ?? { "istio-injection": "enabled" } },
            })),
        },
        pods: { value: pods },
        telemetries: { value: telemetries },
        services: { value: [] },
        endpointSlices: { value: [] },
        serviceEntries: { value: [] },
        destinationRules: { value: [] },
        virtualServices: { value: [] },
        sidecars: { value: [] },
        envoyFilters: { value: [] },
        authorizationPolicies: { value: [] },
        peerAuthentications: { value: [] },
        injectionWebhooks: { value: ["default", "canary"].map(webhook) },
    };
}

/** The Telemetry of the whole mesh. */
export const MESH_WIDE = telemetry("istio-system", "mesh-default", {
    providers: [{ name: "tracing" }],
    randomSamplingPercentage: 100,
});
