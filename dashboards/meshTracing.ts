import type { DashboardSpec } from "./build";
import { DOCTOR_ROW } from "./doctor";
import { COLLECTOR_CLUSTER, collectorMetric, rateOf, share, sumOrZero } from "./metrics";

const MADE = `(${sumOrZero(rateOf("envoy_tracing_opentelemetry_spans_sent"))} + ${sumOrZero(rateOf("envoy_tracing_zipkin_spans_sent"))})`;
/** What ingesters read from Kafka, a collector has accepted before. */
const ACCEPTED = sumOrZero(rateOf(collectorMetric("receiver_accepted_spans", 'receiver!="kafka"')));
const STORED = sumOrZero(rateOf(collectorMetric("exporter_sent_spans", 'exporter="jaeger_storage_exporter"')));
const CALLS = rateOf(`envoy_cluster_upstream_rq_completed{${COLLECTOR_CLUSTER}}`);
const FAILED_CALLS = rateOf(`envoy_cluster_upstream_rq{${COLLECTOR_CLUSTER}, response_code=~"5.."}`);

/** Whether spans get from sidecars into Jaeger's storage. */
export const MESH_TRACING: DashboardSpec = {
    uid: "istio-tracing-mesh",
    title: "Istio tracing: from sidecars to storage",
    description: "Spans on their way from the sidecars of the mesh into Jaeger's storage, and where they are lost.",
    rows: [
        {
            title: "Spans",
            panels: [
                {
                    title: "Spans per second",
                    description:
                        "Made: spans that sidecars have sent off, also if the collector never got them. Accepted: spans that " +
                        "Jaeger has received, also from applications; each Collector of a tier counts them again. Stored: spans that " +
                        "its storage has taken.",
                    unit: "cps",
                    queries: [
                        { expr: MADE, legend: "made" },
                        { expr: ACCEPTED, legend: "accepted" },
                        { expr: STORED, legend: "stored" },
                    ],
                },
                {
                    title: "Lost before the collector",
                    description:
                        "Share of the spans that sidecars have sent off and that Jaeger has not received. Spans of applications " +
                        "hide losses, and so does a Collector tier.",
                    unit: "percentunit",
                    queries: [{ expr: `clamp_min(1 - ${share(ACCEPTED, MADE)}, 0)`, legend: "lost" }],
                },
                {
                    title: "Recorded requests",
                    description:
                        "Share of the requests that Istio counts of which Jaeger has a span: the sampling rate as it is. " +
                        "Needs Istio's own metrics, and metrics from spans.",
                    unit: "percentunit",
                    queries: [
                        {
                            expr: share(
                                `sum(${rateOf('traces_span_metrics_calls_total{span_kind="SPAN_KIND_SERVER"}')})`,
                                `sum(${rateOf('istio_requests_total{reporter="destination"}')})`,
                            ),
                            legend: "recorded",
                        },
                    ],
                },
            ],
        },
        {
            title: "Export from sidecars",
            panels: [
                {
                    title: "Failed export calls",
                    description:
                        "Share of the calls with which sidecars send spans that end with an HTTP status of 500 or more.",
                    unit: "percentunit",
                    queries: [
                        { expr: share(`(sum(${FAILED_CALLS}) or vector(0))`, `sum(${CALLS})`), legend: "all sidecars" },
                    ],
                },
                {
                    title: "Endpoints of the collector",
                    description:
                        "The fewest endpoints of the collector that any sidecar knows, and the fewest that it takes for healthy.",
                    unit: "none",
                    queries: [
                        { expr: `min(envoy_cluster_membership_total{${COLLECTOR_CLUSTER}})`, legend: "known" },
                        { expr: `min(envoy_cluster_membership_healthy{${COLLECTOR_CLUSTER}})`, legend: "healthy" },
                    ],
                },
                {
                    title: "Spans dropped in sidecars",
                    description: "Spans for which a sidecar had no room, because it could not send the ones before.",
                    unit: "cps",
                    queries: [
                        { expr: `sum(${rateOf("envoy_tracing_opentelemetry_spans_dropped")})`, legend: "dropped" },
                    ],
                },
            ],
        },
        {
            title: "Control plane",
            panels: [
                {
                    title: "Rejected configuration",
                    description:
                        "Configuration from istiod that sidecars have rejected, by type: they keep the one before.",
                    unit: "none",
                    queries: [
                        {
                            expr: "sum by (type) (increase(pilot_total_xds_rejects[$__rate_interval])) or vector(0)",
                            legend: "{{type}}",
                        },
                    ],
                },
                {
                    title: "Providers without a collector",
                    description:
                        "How often istiod looked for the collector of a tracing provider and found no such Service.",
                    unit: "none",
                    queries: [
                        {
                            expr: "sum(increase(provider_lookup_cluster_failures[$__rate_interval])) or vector(0)",
                            legend: "look-ups that failed",
                        },
                    ],
                },
            ],
        },
        DOCTOR_ROW,
    ],
};
