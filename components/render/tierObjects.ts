import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { JAEGER_PORTS, RECEIVER_PORTS } from "../../shared/names/ports";
import { TIER_NAMES, type CollectorTier } from "../tier";
import { JAEGER_LABELS } from "./jaegerRoles";
import { tierLabels } from "./tierWorkloads";

type Namespace = pulumi.Input<string>;

const OTLP_PORTS = [
    {
        ...{ name: "grpc-otlp", port: RECEIVER_PORTS["otlp-grpc"], targetPort: "grpc-otlp" },
        ...{ appProtocol: "grpc", protocol: "TCP" },
    },
    {
        ...{ name: "http-otlp", port: RECEIVER_PORTS["otlp-http"], targetPort: "http-otlp" },
        ...{ appProtocol: "http", protocol: "TCP" },
    },
];

/** The program waits for the workloads. To wait for endpoints as well costs ten seconds per Service. */
const SKIP_AWAIT = { "pulumi.com/skipAwait": "true" };

/** The part of the tier that takes spans from the mesh. */
export function intakeName({ layout }: Pick<CollectorTier, "layout">): string {
    return layout === "single" ? TIER_NAMES.sampler : TIER_NAMES.router;
}

/** Service to which sidecars send spans. It has a cluster IP, because sidecars cannot call a headless Service by themselves. */
export function renderTierService(namespace: Namespace, tier: CollectorTier): k8s.core.v1.ServiceArgs {
    const app = intakeName(tier);
    return {
        metadata: { name: TIER_NAMES.service, namespace, labels: tierLabels(app), annotations: SKIP_AWAIT },
        spec: { selector: { app }, ports: OTLP_PORTS },
    };
}

/** Headless Service by which routers find every sampler. Sidecars do not need to know it. */
export function renderSamplerService(namespace: Namespace): k8s.core.v1.ServiceArgs {
    const name = TIER_NAMES.sampler;
    return {
        metadata: {
            ...{ name, namespace, labels: tierLabels(name) },
            annotations: { ...SKIP_AWAIT, "networking.istio.io/exportTo": "~" },
        },
        spec: { clusterIP: "None", selector: { app: name }, ports: OTLP_PORTS },
    };
}

/** Autoscaler of the routers. Their memory follows the queue, which grows when samplers or back ends are slow, so CPU decides. */
export function renderRouterAutoscaler(
    namespace: Namespace,
    { min, max }: CollectorTier["routers"],
): k8s.autoscaling.v2.HorizontalPodAutoscalerArgs {
    const name = TIER_NAMES.router;
    return {
        metadata: { name, namespace, labels: tierLabels(name) },
        spec: {
            scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
            ...{ minReplicas: min, maxReplicas: max },
            metrics: [
                {
                    type: "Resource",
                    resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
                },
            ],
        },
    };
}

/** Nodes may be drained of one pod at a time. */
export function renderDisruptionBudget(namespace: Namespace, name: string): k8s.policy.v1.PodDisruptionBudgetArgs {
    return {
        metadata: { name, namespace, labels: tierLabels(name) },
        spec: { maxUnavailable: 1, selector: { matchLabels: { app: name } } },
    };
}

/** What the load_balancing exporter's resolver asks the API server for. */
export const RESOLVER_RULES = [
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["get", "list", "watch"] },
];

/**
 * Ways into a part of the tier: spans from every namespace, or from the routers alone; metrics and the health check from
 * everywhere. Only clusters whose network plugin knows NetworkPolicies enforce it.
 */
export function renderTierPolicy(
    namespace: Namespace,
    name: string,
    tier: CollectorTier,
): k8s.networking.v1.NetworkPolicyArgs {
    const senders = name === intakeName(tier) ? { namespaceSelector: {} } : podsOf(TIER_NAMES.router);
    return {
        metadata: { name, namespace, labels: tierLabels(name) },
        spec: {
            podSelector: { matchLabels: { app: name } },
            policyTypes: ["Ingress"],
            ingress: [
                { from: [senders], ports: tcp(RECEIVER_PORTS["otlp-grpc"], RECEIVER_PORTS["otlp-http"]) },
                { ports: tcp(JAEGER_PORTS.metrics, JAEGER_PORTS.health) },
            ],
        },
    };
}

/**
 * Way into a Jaeger that only the mesh may reach: its receivers take the samplers' spans without a sidecar, and so nothing
 * else may call them. The sidecar guards all other ports.
 */
export function renderJaegerIntakePolicy(namespace: Namespace): k8s.networking.v1.NetworkPolicyArgs {
    const receivers = Object.values(RECEIVER_PORTS);
    const between = receivers.map((port, index) => ({
        protocol: "TCP",
        port: index === 0 ? 1 : (receivers[index - 1] ?? 0) + 1,
        endPort: port - 1,
    }));
    const others = [...between, { protocol: "TCP", port: RECEIVER_PORTS.zipkin + 1, endPort: 65535 }];
    return {
        metadata: { name: "jaeger-spans", namespace, labels: JAEGER_LABELS },
        spec: {
            podSelector: { matchLabels: { app: JAEGER_LABELS.app } },
            policyTypes: ["Ingress"],
            ingress: [
                { from: [podsOf(TIER_NAMES.sampler)], ports: tcp(...receivers) },
                { ports: others.filter(({ port, endPort }) => port <= endPort) },
            ],
        },
    };
}

function podsOf(app: string): k8s.types.input.networking.v1.NetworkPolicyPeer {
    return { podSelector: { matchLabels: { app } } };
}

function tcp(...ports: number[]): { protocol: string; port: number }[] {
    return ports.map((port) => ({ protocol: "TCP", port }));
}
