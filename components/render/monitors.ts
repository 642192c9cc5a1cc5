import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { ISTIO_METRICS_PORTS, JAEGER_PORTS } from "../../shared/names/ports";
import type { PlainObject } from "../../shared/values/plainObjects";
import { JAEGER_LABELS } from "./jaegerRoles";

/** The API of the Prometheus operator. */
export const OPERATOR_API = "monitoring.coreos.com/v1";

/** Label of the Services whose metrics are for Prometheus. */
const METRICS_LABEL = "istio-tracing/metrics";
const INTERVAL = "15s";

/** A Service with metrics of Jaeger. */
export interface MetricsService {
    name: string;
    portName: string;
    port: number;
}

/** Services with Jaeger's metrics: about itself, and from spans if it makes those. One each, for annotations know one port. */
export function metricsServices(hasSpanMetrics: boolean): MetricsService[] {
    return [
        { name: "jaeger-metrics", portName: "http-metrics", port: JAEGER_PORTS.metrics },
        ...(hasSpanMetrics
            ? [{ name: "jaeger-span-metrics", portName: "http-spans", port: JAEGER_PORTS.spanMetrics }]
            : []),
    ];
}

/**
 * A Service with metrics.
 *
 * @param annotated true for a Prometheus that finds what it scrapes by annotations.
 */
export function renderMetricsService(
    { name, portName, port }: MetricsService,
    namespace: pulumi.Input<string>,
    annotated: boolean,
): k8s.core.v1.ServiceArgs {
    return {
        metadata: {
            name,
            namespace,
            labels: { ...JAEGER_LABELS, [METRICS_LABEL]: "jaeger" },
            annotations: {
                // The program waits for the Deployment. To wait for endpoints as well costs ten seconds per Service.
                "pulumi.com/skipAwait": "true",
                ...(annotated && { "prometheus.io/scrape": "true", "prometheus.io/port": String(port) }),
            },
        },
        spec: {
            selector: { app: JAEGER_LABELS.app },
            ports: [{ name: portName, port, targetPort: port, appProtocol: "http", protocol: "TCP" }],
        },
    };
}

/** Spec of the ServiceMonitor of those Services. */
export function renderServiceMonitorSpec(hasSpanMetrics: boolean): PlainObject {
    return {
        selector: { matchLabels: { [METRICS_LABEL]: "jaeger" } },
        endpoints: metricsServices(hasSpanMetrics).map(({ portName }) => ({ port: portName, interval: INTERVAL })),
    };
}

/**
 * Spec of the PodMonitor of every sidecar and gateway. It keeps what tells of tracing; Istio's own metrics belong to the
 * monitors of the mesh.
 */
export function renderSidecarMonitorSpec(): PlainObject {
    return {
        namespaceSelector: { any: true },
        selector: { matchExpressions: [{ key: "istio-prometheus-ignore", operator: "DoesNotExist" }] },
        podMetricsEndpoints: [
            {
                path: "/stats/prometheus",
                interval: INTERVAL,
                relabelings: [keepPort(ISTIO_METRICS_PORTS.envoy)],
                metricRelabelings: [
                    {
                        sourceLabels: ["__name__"],
                        action: "keep",
                        regex: "envoy_tracing_.+|envoy_cluster_(upstream_(rq|cx)|membership).*",
                    },
                ],
            },
        ],
    };
}

/** Spec of the PodMonitor of istiod. */
export function renderIstiodMonitorSpec(istioNamespace: pulumi.Input<string>): PlainObject {
    return {
        namespaceSelector: { matchNames: [istioNamespace] },
        selector: { matchLabels: { app: "istiod" } },
        podMetricsEndpoints: [{ interval: INTERVAL, relabelings: [keepPort(ISTIO_METRICS_PORTS.istiod)] }],
    };
}

function keepPort(port: number): PlainObject {
    return {
        sourceLabels: ["__meta_kubernetes_pod_container_port_number"],
        action: "keep",
        regex: String(port),
    };
}
