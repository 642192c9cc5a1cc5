import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { ISTIO_METRICS_PORTS, JAEGER_PORTS } from "../../shared/names/ports";
import type { PlainObject } from "../../shared/values/plainObjects";
import { TIER_NAMES } from "../tier";
import { JAEGER_LABELS, jaegerSelector } from "./jaegerRoles";
import { tierLabels } from "./tierWorkloads";

/** The API of the Prometheus operator. */
export const OPERATOR_API = "monitoring.coreos.com/v1";

/** Label of the Services whose metrics are for Prometheus. */
const METRICS_LABEL = "istio-tracing/metrics";
const INTERVAL = "15s";

/** A Service with metrics of Jaeger, or of a Collector tier. */
export interface MetricsService {
    name: string;
    portName: string;
    port: number;
    /** Labels of the Service itself. */
    labels: Record<string, string>;
    /** Labels of the pods that serve the metrics. */
    selector: Record<string, string>;
}

/** What has metrics. */
export interface MetricsSources {
    /** True if Jaeger makes metrics from spans, which only its collectors do. */
    hasSpanMetrics: boolean;
    /** True if Jaeger's collectors and query servers have pods of their own. @default false */
    inRoles?: boolean;
    /** Layout of the Collector tier. @default there is none */
    tier?: "split" | "single";
}

const ABOUT_ITSELF = { portName: "http-metrics", port: JAEGER_PORTS.metrics };

/**
 * Services with metrics: those of Jaeger about itself, and from spans if it makes those, and those of each part of a
 * Collector tier. One each, for annotations know one port.
 */
export function metricsServices({ hasSpanMetrics, inRoles, tier }: MetricsSources): MetricsService[] {
    const fromSpans = { name: "jaeger-span-metrics", portName: "http-spans", port: JAEGER_PORTS.spanMetrics };
    const collectors = jaegerSelector(inRoles === true ? "collector" : undefined);
    const parts = [
        ...(tier === "split" ? [TIER_NAMES.router] : []),
        ...(tier === undefined ? [] : [TIER_NAMES.sampler]),
    ];
    return [
        { name: "jaeger-metrics", ...ABOUT_ITSELF, labels: JAEGER_LABELS, selector: jaegerSelector() },
        ...(hasSpanMetrics ? [{ ...fromSpans, labels: JAEGER_LABELS, selector: collectors }] : []),
        ...parts.map((app) => ({
            ...{ name: `${app}-metrics`, ...ABOUT_ITSELF },
            ...{ labels: tierLabels(app), selector: { app } },
        })),
    ];
}

/**
 * A Service with metrics.
 *
 * @param annotated true for a Prometheus that finds what it scrapes by annotations.
 */
export function renderMetricsService(
    { name, portName, port, labels, selector }: MetricsService,
    namespace: pulumi.Input<string>,
    annotated: boolean,
): k8s.core.v1.ServiceArgs {
    return {
        metadata: {
            name,
            namespace,
            labels: { ...labels, [METRICS_LABEL]: "jaeger" },
            annotations: {
                // The program waits for the Deployment. To wait for endpoints as well costs ten seconds per Service.
                "pulumi.com/skipAwait": "true",
                ...(annotated && { "prometheus.io/scrape": "true", "prometheus.io/port": String(port) }),
            },
        },
        spec: {
            selector,
            ports: [{ name: portName, port, targetPort: port, appProtocol: "http", protocol: "TCP" }],
        },
    };
}

/** Spec of the ServiceMonitor of those Services. */
export function renderServiceMonitorSpec(sources: MetricsSources): PlainObject {
    const ports = new Set(metricsServices(sources).map(({ portName }) => portName));
    return {
        selector: { matchLabels: { [METRICS_LABEL]: "jaeger" } },
        endpoints: [...ports].map((port) => ({ port, interval: INTERVAL })),
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
