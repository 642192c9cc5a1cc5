import type { DashboardSpec } from "./build";
import { collectorMetric, rateOf } from "./metrics";

/** Jaeger, and other Collectors. */
export const COLLECTOR: DashboardSpec = {
    uid: "istio-tracing-collector",
    title: "Istio tracing: Jaeger and Collectors",
    description: "What Jaeger and other OpenTelemetry Collectors receive, pass on and lose, and what they use.",
    rows: [
        {
            title: "Receivers and exporters",
            panels: [
                {
                    title: "Received spans per second",
                    description: "Spans that receivers have accepted, by pod and receiver.",
                    unit: "cps",
                    queries: [
                        {
                            expr: `sum by (pod, receiver, transport) (${rateOf(collectorMetric("receiver_accepted_spans"))})`,
                            legend: "{{pod}} {{receiver}} {{transport}}",
                        },
                    ],
                },
                {
                    title: "Refused spans per second",
                    description:
                        "Spans that receivers have refused, such as for lack of memory. Sidecars do not send them again.",
                    unit: "cps",
                    queries: [
                        {
                            expr: `sum by (pod, receiver) (${rateOf(collectorMetric("receiver_refused_spans"))})`,
                            legend: "{{pod}} {{receiver}} refused",
                        },
                        {
                            expr: `sum by (pod, receiver) (${rateOf(collectorMetric("receiver_failed_spans"))})`,
                            legend: "{{pod}} {{receiver}} failed",
                        },
                    ],
                },
                {
                    title: "Spans passed on per second",
                    description:
                        "Spans that exporters have delivered, and those that they could not deliver. Jaeger's storage is one of them.",
                    unit: "cps",
                    queries: [
                        {
                            expr: `sum by (pod, exporter) (${rateOf(collectorMetric("exporter_sent_spans"))})`,
                            legend: "{{pod}} {{exporter}}",
                        },
                        {
                            expr: `sum by (pod, exporter) (${rateOf(collectorMetric("exporter_send_failed_spans"))})`,
                            legend: "{{pod}} {{exporter}} failed",
                        },
                    ],
                },
            ],
        },
        {
            title: "Storage and queries",
            panels: [
                {
                    title: "Questions to the storage per second",
                    description:
                        "Questions of the UI and the query API to the storage of traces and of metrics, by result.",
                    unit: "reqps",
                    queries: [
                        {
                            expr: `sum by (role, operation, result) (${rateOf("jaeger_storage_requests_total")})`,
                            legend: "{{role}} {{operation}} {{result}}",
                        },
                    ],
                },
                {
                    title: "Durations of questions to the storage",
                    description: "95th percentile, by operation.",
                    unit: "s",
                    queries: [
                        {
                            expr: `histogram_quantile(0.95, sum by (le, role, operation) (${rateOf("jaeger_storage_latency_seconds_bucket")}))`,
                            legend: "{{role}} {{operation}}",
                        },
                    ],
                },
                {
                    title: "Queues of exporters",
                    description: "How full the queues are. A full queue drops spans. Jaeger's storage has no queue.",
                    unit: "percentunit",
                    queries: [
                        {
                            expr: "max by (pod, exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)",
                            legend: "{{pod}} {{exporter}}",
                        },
                    ],
                },
            ],
        },
        {
            title: "Use of the machine",
            panels: [
                {
                    title: "Memory",
                    description: "Resident memory of each process.",
                    unit: "bytes",
                    queries: [
                        {
                            expr: 'sum by (pod) ({__name__=~"otelcol_process_memory_rss(_bytes)?"})',
                            legend: "{{pod}}",
                        },
                    ],
                },
                {
                    title: "CPU",
                    description: "Processors that each process uses.",
                    unit: "none",
                    queries: [
                        {
                            expr: `sum by (pod) (rate({__name__=~"otelcol_process_cpu_seconds(_total)?"}[$__rate_interval]))`,
                            legend: "{{pod}}",
                        },
                    ],
                },
            ],
        },
    ],
};
