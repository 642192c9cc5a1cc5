import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { RECEIVER_PORTS } from "../../shared/names/ports";
import { at, itemsAt, mapAt, omit, type PlainObject } from "../../shared/values/plainObjects";
import { TAKES_SCALE_BACK } from "../resources";
import { isAutoscaled, type JaegerRole, type RoleScale } from "../roles";
import { INGESTER_PIPELINE } from "./jaegerKafka";
import { STORAGE_EXPORTER } from "./jaegerStorage";

/** Labels that select Jaeger's pods. */
export const JAEGER_LABELS = { app: "jaeger", "app.kubernetes.io/name": "jaeger" };

/** Name of Jaeger's extension that serves queries. */
const QUERY = "jaeger_query";

/** Headless Service of the role `collector`, for senders that choose among its pods themselves. */
export const COLLECTOR_PODS = "jaeger-collector-headless";

/**
 * What `jaeger.config` may change in a role. Its metrics name the role. A sender outside of the mesh keeps its connections
 * to collectors, and looks for new pods only when one of them ends.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-collector/blob/v0.140.0/config/configgrpc/README.md
 */
export function rolePresets(role: JaegerRole): PlainObject {
    const keepalive = { server_parameters: { max_connection_age: "30s", max_connection_age_grace: "10s" } };
    return {
        service: { telemetry: { resource: { "jaeger.role": role } } },
        ...(role === "collector" && { receivers: { otlp: { protocols: { grpc: { keepalive } } } } }),
    };
}

/** Name of a Deployment of Jaeger: that of a role, or that of one pod with both. */
export function jaegerName(role?: JaegerRole): string {
    return role === undefined ? "jaeger" : `jaeger-${role}`;
}

/** Labels that select the pods of a role, or all pods of Jaeger. */
export function jaegerSelector(role?: JaegerRole): Record<string, string> {
    return { app: JAEGER_LABELS.app, ...(role !== undefined && { "app.kubernetes.io/component": role }) };
}

/**
 * Jaeger's configuration as a role needs it: only the query server serves queries, and it receives and processes no spans.
 * With Kafka, the collector does not know the storage, so that it works while that is away.
 *
 * Source: https://github.com/jaegertracing/jaeger/blob/v2.13.0/cmd/jaeger/config-query.yaml
 */
export function renderRoleConfig(config: PlainObject, role: JaegerRole, hasKafka: boolean): PlainObject {
    if (role === "query") return renderQueryConfig(config);
    if (role === "ingester") return renderIngesterConfig(config);
    if (!hasKafka) return withoutExtensions(config, [QUERY]);
    const pipelines = omit(mapAt(config, "service", "pipelines"), INGESTER_PIPELINE);
    return withoutExtensions(
        {
            ...config,
            service: { ...mapAt(config, "service"), pipelines },
            receivers: omit(mapAt(config, "receivers"), "kafka"),
            exporters: omit(mapAt(config, "exporters"), STORAGE_EXPORTER),
        },
        [QUERY, "jaeger_storage"],
    );
}

/**
 * Jaeger sends spans of its own queries to localhost, where a query server has no receiver: each is lost with an error,
 * and the last ones delay the end of the pod.
 */
function renderQueryConfig({ service, extensions }: PlainObject): PlainObject {
    const query = { enable_tracing: false, ...mapAt(extensions, QUERY) };
    return {
        service: { ...mapAt(service), pipelines: { traces: { receivers: ["nop"], exporters: ["nop"] } } },
        extensions: { ...mapAt(extensions), [QUERY]: query },
        receivers: { nop: {} },
        exporters: { nop: {} },
    };
}

/** The ingester has a pipeline of its own, whose processors are those that the user gives it. */
function renderIngesterConfig(config: PlainObject): PlainObject {
    const pipeline = mapAt(config, "service", "pipelines", INGESTER_PIPELINE);
    const used = itemsAt(pipeline, "processors").map(String);
    const processors = Object.entries(mapAt(config, "processors")).filter(([name]) => used.includes(name));
    return withoutExtensions(
        {
            service: { ...mapAt(config, "service"), pipelines: { [INGESTER_PIPELINE]: pipeline } },
            extensions: config["extensions"],
            receivers: { kafka: at(config, "receivers", "kafka") },
            ...(processors.length > 0 && { processors: Object.fromEntries(processors) }),
            exporters: { [STORAGE_EXPORTER]: at(config, "exporters", STORAGE_EXPORTER) },
        },
        [QUERY],
    );
}

function withoutExtensions(config: PlainObject, names: string[]): PlainObject {
    const service = mapAt(config, "service");
    const started = itemsAt(service, "extensions").filter((name) => !names.includes(String(name)));
    const extensions = omit(mapAt(config, "extensions"), ...names);
    return { ...config, service: { ...service, extensions: started }, extensions };
}

/** Pods of a role on different zones and nodes, as far as there are some. */
export function renderSpread(role: JaegerRole): k8s.types.input.core.v1.TopologySpreadConstraint[] {
    return ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
        ...{ maxSkew: 1, topologyKey, whenUnsatisfiable: "ScheduleAnyway" },
        labelSelector: { matchLabels: jaegerSelector(role) },
        // Pods of the former version do not count, so that an update does not move the others together.
        matchLabelKeys: ["pod-template-hash"],
    }));
}

/**
 * Service {@link COLLECTOR_PODS}. Without a mesh, gRPC balances over the addresses that a name has, and a cluster IP is
 * one. Sidecars do not need to know it.
 */
export function renderCollectorPods(namespace: pulumi.Input<string>): k8s.core.v1.ServiceArgs {
    const port = RECEIVER_PORTS["otlp-grpc"];
    return {
        metadata: {
            ...{ name: COLLECTOR_PODS, namespace, labels: JAEGER_LABELS },
            annotations: { "pulumi.com/skipAwait": "true", "networking.istio.io/exportTo": "~" },
        },
        spec: {
            ...{ clusterIP: "None", selector: jaegerSelector("collector") },
            ports: [{ name: "grpc-otlp", port, targetPort: "grpc-otlp", appProtocol: "grpc", protocol: "TCP" }],
        },
    };
}

/** Keeps all pods of a role but one while nodes are drained. */
export function renderDisruptionBudget(
    role: JaegerRole,
    namespace: pulumi.Input<string>,
): k8s.policy.v1.PodDisruptionBudgetArgs {
    return {
        metadata: { name: jaegerName(role), namespace, labels: JAEGER_LABELS },
        spec: { maxUnavailable: 1, selector: { matchLabels: jaegerSelector(role) } },
    };
}

/** What a role's Deployment says of its number of pods: that a fixed one holds, also after an autoscaler. */
export function scaleMetadata(scale: RoleScale | undefined): { annotations?: Record<string, string> } {
    return scale === undefined || isAutoscaled(scale) ? {} : { annotations: TAKES_SCALE_BACK };
}

/** Scales a role by its CPU use, which metrics-server tells; undefined for a fixed number of pods. */
export function renderAutoscaler(
    role: JaegerRole,
    namespace: pulumi.Input<string>,
    scale: RoleScale,
): k8s.autoscaling.v2.HorizontalPodAutoscalerArgs | undefined {
    if (!isAutoscaled(scale)) return undefined;
    const target = { type: "Utilization", averageUtilization: scale.cpuPercent };
    return {
        metadata: { name: jaegerName(role), namespace, labels: JAEGER_LABELS },
        spec: {
            scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: jaegerName(role) },
            minReplicas: scale.min,
            maxReplicas: scale.max,
            metrics: [{ type: "Resource", resource: { name: "cpu", target } }],
        },
    };
}
