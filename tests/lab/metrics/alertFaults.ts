import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { apply, changeMesh, meshConfig, patch } from "../doctor/faults";
import { changeJaegerConfig, type JaegerConfig } from "../support/jaegerConfig";
import { kubectl } from "../support/sharedLab";

const [SYSTEM, HOME] = ["istio-system", "tracing-doctor"];

/** A fault, and the alerts that it fires; all others stay silent. */
export interface AlertFault {
    what: string;
    /** Brings it about; answers what puts it right. */
    inject: (lab: Cluster) => () => void;
    /** Alerts that fire. */
    alerts: string[];
    /** Alerts that may fire too, because the fault takes time to spread or to end. @default none */
    perhaps?: string[];
    /** The finding that `TracingFindingPresent` names. @default any, if it fires */
    finding?: string;
    /** Labels that one of the alerts has. @default any */
    labels?: Record<string, string>;
}

/** Of a doctor whose probes do not arrive. */
const PROBES = ["TracingProbeFailing", "TracingFindingPresent"];

/** A workload that is scaled to nothing, and back to so many pods. */
export function scaled(kind: string, namespace: string, replicas = 1): (lab: Cluster) => () => void {
    return (lab) => {
        const scale = (count: number): string =>
            kubectl(lab, "scale", kind, "-n", namespace, `--replicas=${String(count)}`);
        scale(0);
        return () => {
            scale(replicas);
            kubectl(lab, "rollout", "status", kind, "-n", namespace, "--timeout=180s");
        };
    };
}

function misconfigured(change: (config: JaegerConfig) => void): (lab: Cluster) => () => void {
    return (lab) => {
        const putBack = changeJaegerConfig(lab, change);
        return () => {
            putBack();
        };
    };
}

/** Passes spans on to another back end, which is not there. */
function deadBackend(more: object): (lab: Cluster) => () => void {
    return misconfigured(({ exporters, service }) => {
        exporters["otlp/dead"] = { endpoint: "127.0.0.1:1", tls: { insecure: true }, ...more };
        service.pipelines.traces.exporters.push("otlp/dead");
    });
}

/** Deletes the binding of the doctor's ClusterRole; what puts it right makes it again. */
function withoutDoctorsRights(lab: Cluster): () => void {
    const bindings = JSON.parse(kubectl(lab, "get", "clusterrolebindings", "-o", "json")) as {
        items: { metadata: { name: string }; roleRef: object; subjects?: { namespace?: string }[] }[];
    };
    const own = bindings.items.find(({ subjects = [] }) => subjects.some(({ namespace }) => namespace === HOME));
    assert.ok(own);
    const { roleRef, subjects } = own;
    const { name } = own.metadata;
    kubectl(lab, "delete", "clusterrolebinding", name);
    return () => {
        const kind = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding" };
        apply(lab, { ...kind, metadata: { name }, roleRef, subjects });
    };
}

/** Sidecars refuse the listeners of a filter that makes no sense. */
function refusedFilter(lab: Cluster): () => void {
    const manager = "envoy.filters.network.http_connection_manager";
    const type = `type.googleapis.com/${manager.replace("filters", "extensions.filters")}.v3.HttpConnectionManager`;
    const value = { typed_config: { "@type": type, http2_protocol_options: { max_concurrent_streams: 0 } } };
    const match = { listener: { filterChain: { filter: { name: manager } } } };
    apply(lab, {
        ...{ apiVersion: "networking.istio.io/v1alpha3", kind: "EnvoyFilter" },
        metadata: { name: "wrong", namespace: SYSTEM },
        spec: { configPatches: [{ applyTo: "NETWORK_FILTER", match, patch: { operation: "MERGE", value } }] },
    });
    return () => kubectl(lab, "delete", "envoyfilter", "wrong", "-n", SYSTEM);
}

/** Every alert of a stack with a Jaeger of its own and the doctor in the cluster has a fault here that fires it. */
export const ALERT_FAULTS: AlertFault[] = [
    {
        what: "a Jaeger that is scaled to nothing",
        inject: scaled("deployment/jaeger", SYSTEM),
        alerts: ["TracingJaegerAbsent", "TracingExportFailing", "TracingSpansLost", ...PROBES],
        finding: "collector-endpoints-ready",
    },
    {
        what: "a Service that leads to a port on which nothing listens",
        inject: (lab) => {
            const port = (targetPort: unknown): void => {
                const operation = { op: "replace", path: "/spec/ports/0/targetPort", value: targetPort };
                patch(lab, SYSTEM, "service/jaeger-collector", operation);
            };
            port(14317);
            return () => {
                port("grpc-otlp");
            };
        },
        alerts: ["TracingExportFailing", "TracingSpansLost", ...PROBES],
        finding: "collector-target-port",
    },
    {
        what: "a collector without memory",
        inject: misconfigured(({ processors, service }) => {
            processors["memory_limiter"] = { check_interval: "100ms", limit_mib: 6 };
            service.pipelines.traces.processors.unshift("memory_limiter");
        }),
        alerts: ["TracingCollectorRefusesSpans", "TracingSpansLost", ...PROBES],
        finding: "collector-refuses",
    },
    {
        what: "a back end that takes no spans",
        inject: deadBackend({ retry_on_failure: { enabled: false } }),
        // The doctor's probes are stored all the same, so that it only warns.
        alerts: ["TracingStorageFailing"],
    },
    {
        what: "a back end that is waited for, with a queue that fills",
        inject: deadBackend({ retry_on_failure: { max_elapsed_time: "0s" }, sending_queue: { queue_size: 10 } }),
        alerts: ["TracingExporterQueueFilling", "TracingStorageFailing"],
    },
    {
        what: "a provider whose Service is spelled wrongly",
        inject: (lab) => {
            const provider = meshConfig(lab).extensionProviders[0]?.["opentelemetry"] as { service: string };
            changeMesh(lab, "service", "jaeger-colector.istio-system.svc.cluster.local");
            return () => {
                changeMesh(lab, "service", provider.service);
            };
        },
        alerts: ["TracingProviderHostUnknown", ...PROBES],
        finding: "collector-service-exists",
    },
    {
        what: "a filter that sidecars refuse",
        inject: refusedFilter,
        alerts: ["TracingConfigurationRejected", "TracingFindingPresent"],
        finding: "proxy-rejects-config",
    },
    {
        what: "a doctor whose own server is gone",
        inject: scaled("deployment/tracing-doctor-server", HOME),
        alerts: PROBES,
        finding: "target-no-endpoints",
    },
    {
        what: "a doctor that has lost its rights",
        inject: withoutDoctorsRights,
        alerts: ["TracingNotProven"],
    },
    {
        what: "a doctor that is scaled to nothing",
        inject: scaled("deployment/tracing-doctor", HOME),
        alerts: ["TracingDoctorAbsent"],
    },
];
