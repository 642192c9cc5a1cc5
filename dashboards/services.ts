import type { DashboardSpec, PanelSpec, QuerySpec } from "./build";
import { rateOf, share } from "./metrics";

const CALLS = "traces_span_metrics_calls_total";
const BUCKETS = "traces_span_metrics_duration_milliseconds_bucket";
const OF_SERVICE = 'service_name=~"$service"';
const SERVER = `${OF_SERVICE}, span_kind="SPAN_KIND_SERVER"`;
const CLIENT = `${OF_SERVICE}, span_kind="SPAN_KIND_CLIENT"`;
const FAILED = 'status_code="STATUS_CODE_ERROR"';
const MESH = 'reporter="destination"';
const SAMPLE = "A sample of the requests, if the series have the label sampling_percent.";

function quantiles(buckets: string, labels: string, by: string, exemplars: boolean): QuerySpec[] {
    return [50, 95, 99].map((percent) => ({
        expr: `histogram_quantile(${String(percent / 100)}, sum by (le, ${by}) (${rateOf(`${buckets}{${labels}}`)}))`,
        legend: `p${String(percent)} {{${by}}}`,
        exemplars,
    }));
}

const FROM_SPANS: PanelSpec[] = [
    {
        title: "Requests per second",
        description: `Requests that each service has received, from spans. ${SAMPLE}`,
        unit: "reqps",
        queries: [
            {
                expr: `sum by (service_name, sampling_percent) (${rateOf(`${CALLS}{${SERVER}}`)})`,
                legend: "{{service_name}}",
            },
        ],
    },
    {
        title: "Failed requests",
        description:
            "Share of the requests that each service has received and that failed: HTTP status of 500 or more, or a failed gRPC call.",
        unit: "percentunit",
        queries: [
            {
                expr: share(
                    `(sum by (service_name) (${rateOf(`${CALLS}{${SERVER}, ${FAILED}}`)}) or 0 * sum by (service_name) (${rateOf(`${CALLS}{${SERVER}}`)}))`,
                    `sum by (service_name) (${rateOf(`${CALLS}{${SERVER}}`)})`,
                ),
                legend: "{{service_name}}",
            },
        ],
    },
    {
        title: "Durations",
        description:
            "Durations of requests as each service's sidecar saw them, from spans. A dot leads to the trace of one request.",
        unit: "ms",
        queries: quantiles(BUCKETS, SERVER, "service_name", true),
    },
];

const CALLS_TO_OTHERS: PanelSpec[] = [
    {
        title: "Calls to other services",
        description: `Calls of each service, by what it calls, from spans. ${SAMPLE}`,
        unit: "reqps",
        queries: [
            {
                expr: `sum by (service_name, span_name) (${rateOf(`${CALLS}{${CLIENT}}`)})`,
                legend: "{{service_name}} → {{span_name}}",
            },
        ],
    },
    {
        title: "Durations of calls to other services",
        description: "95th percentile of the durations of calls, by what is called, as the caller's sidecar saw them.",
        unit: "ms",
        queries: [
            {
                expr: `histogram_quantile(0.95, sum by (le, service_name, span_name) (${rateOf(`${BUCKETS}{${CLIENT}}`)}))`,
                legend: "{{service_name}} → {{span_name}}",
            },
        ],
    },
];

const FROM_ISTIO: PanelSpec[] = [
    {
        title: "Requests per second (Istio)",
        description: "All requests that each workload has received, from Istio's own metrics, which are not sampled.",
        unit: "reqps",
        queries: [
            {
                expr: `sum by (destination_workload, destination_workload_namespace) (${rateOf(`istio_requests_total{${MESH}}`)})`,
                legend: "{{destination_workload}}.{{destination_workload_namespace}}",
            },
        ],
    },
    {
        title: "Failed requests (Istio)",
        description: "Share of all requests with an HTTP status of 500 or more, from Istio's own metrics.",
        unit: "percentunit",
        queries: [
            {
                expr: share(
                    `sum by (destination_workload) (${rateOf(`istio_requests_total{${MESH}, response_code=~"5.."}`)})`,
                    `sum by (destination_workload) (${rateOf(`istio_requests_total{${MESH}}`)})`,
                ),
                legend: "{{destination_workload}}",
            },
        ],
    },
    {
        title: "Durations (Istio)",
        description: "Durations of all requests, from Istio's own metrics.",
        unit: "ms",
        queries: quantiles("istio_request_duration_milliseconds_bucket", MESH, "destination_workload", false),
    },
];

/** Requests, errors and durations by service. */
export const SERVICES: DashboardSpec = {
    uid: "istio-tracing-services",
    title: "Istio tracing: requests, errors, durations",
    description:
        "What each service gets, how much of it fails and how long it takes, from spans and from Istio's own metrics.",
    variable: {
        name: "service",
        label: "Service",
        query: "label_values(traces_span_metrics_calls_total, service_name)",
    },
    rows: [
        { title: "From spans", panels: FROM_SPANS },
        { title: "Calls, from spans", panels: CALLS_TO_OTHERS },
        { title: "From Istio's own metrics", panels: FROM_ISTIO },
    ],
};
