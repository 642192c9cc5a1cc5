/** When an alert is to fire, by series in promtool's notation, and by minutes since their start. */
export interface RuleTime {
    what: string;
    alert: string;
    series: Record<string, string>;
    /** Time between two values of the series. @default 1m */
    interval?: string;
    /** Minutes at which it is silent. */
    silent: number[];
    /** Minutes at which it fires. */
    firing: number[];
    /** Labels beside the severity. @default none */
    labels?: Record<string, string>;
    /** False if it does not even wait to fire, up to the last minute at which it is silent. @default true */
    waits?: boolean;
}

export const COLLECTOR_HOST = "jaeger-collector.istio-system.svc.cluster.local";

const CLUSTER = `cluster_name="outbound|4317||${COLLECTOR_HOST}"`;
/** As Istio 1.31 names the same cluster in some statistics. */
const CLUSTER_NAMED = `cluster_name="outbound|4317||${COLLECTOR_HOST};"`;

/** Every alert: it waits for its time, ends with its cause, and stays silent below its threshold. */
export const RULE_TIMES: RuleTime[] = [
    {
        what: "one export call in ten fails for twenty minutes",
        alert: "TracingExportFailing",
        series: {
            [`envoy_cluster_upstream_rq_completed{${CLUSTER}}`]: "0+60x60",
            [`envoy_cluster_upstream_rq{${CLUSTER},response_code="503"}`]: "0+6x20 120x40",
        },
        silent: [5, 27, 50],
        firing: [7, 20],
    },
    {
        what: "every export call fails",
        alert: "TracingExportFailing",
        series: {
            [`envoy_cluster_upstream_rq_completed{${CLUSTER_NAMED}}`]: "0+60x20",
            [`envoy_cluster_upstream_rq{${CLUSTER_NAMED},response_code="503"}`]: "0+60x20",
        },
        silent: [5],
        firing: [7],
    },
    {
        what: "one export call in thirty fails, or calls to another cluster",
        alert: "TracingExportFailing",
        series: {
            [`envoy_cluster_upstream_rq_completed{${CLUSTER}}`]: "0+60x30",
            [`envoy_cluster_upstream_rq{${CLUSTER},response_code="503"}`]: "0+2x30",
            'envoy_cluster_upstream_rq{cluster_name="outbound|80||backend",response_code="503"}': "0+60x30",
        },
        silent: [7, 15, 30],
        firing: [],
    },
    {
        what: "Jaeger disappears after five minutes, and comes back",
        alert: "TracingJaegerAbsent",
        series: { 'target_info{service_name="jaeger"}': "1x5 stale _x10 1x20" },
        labels: { service_name: "jaeger" },
        silent: [4, 10, 20],
        firing: [12, 15],
    },
    {
        what: "every collector disappears after five minutes, and the other roles remain",
        alert: "TracingRoleAbsent",
        series: {
            'target_info{service_name="jaeger",jaeger_role="collector"}': "1x5 stale _x20",
            'target_info{service_name="jaeger",jaeger_role="ingester"}': "1x30",
            'target_info{service_name="jaeger",jaeger_role="query"}': "1x30",
        },
        labels: { service_name: "jaeger", jaeger_role: "collector" },
        silent: [4, 10],
        firing: [12, 20],
    },
    {
        what: "ingesters stop for forty minutes, and catch up",
        alert: "TracingIngesterLags",
        series: {
            'otelcol_exporter_sent_spans_total{exporter="kafka"}': "0+120x90",
            'otelcol_exporter_sent_spans_total{exporter="jaeger_storage_exporter"}': "0+120x10 1200x40 1200+720x40",
        },
        silent: [10, 30, 70],
        firing: [32, 50],
    },
    {
        what: "ingesters are a little slower than collectors",
        alert: "TracingIngesterLags",
        series: {
            'otelcol_exporter_sent_spans_total{exporter="kafka"}': "0+120x60",
            'otelcol_exporter_sent_spans_total{exporter="jaeger_storage_exporter"}': "0+110x60",
        },
        ...{ silent: [60], firing: [], waits: false },
    },
    {
        what: "every sampler disappears after five minutes, and comes back",
        alert: "TracingTierAbsent",
        series: {
            'target_info{service_name="tracing-sampler"}': "1x5 stale _x10 1x20",
            'target_info{service_name="tracing-router"}': "1x40",
        },
        labels: { service_name: "tracing-sampler" },
        silent: [4, 10, 20],
        firing: [12, 15],
    },
    {
        what: "a sampler evicts traces for ten minutes",
        alert: "TracingTierEvictsTraces",
        series: {
            'otelcol_processor_tail_sampling_sampling_trace_dropped_too_early_total{pod="tracing-sampler-0"}':
                "0+6x10 60x30",
        },
        silent: [5, 17, 30],
        firing: [7, 12],
    },
    {
        what: "the collector refuses spans for ten minutes",
        alert: "TracingCollectorRefusesSpans",
        series: { 'otelcol_receiver_refused_spans{receiver="otlp"}': "0+6x10 60x30" },
        silent: [5, 17, 30],
        firing: [7, 12],
    },
    {
        what: "the collector fails to take spans, as newer versions count it",
        alert: "TracingCollectorRefusesSpans",
        series: {
            'otelcol_receiver_refused_spans_total{receiver="otlp"}': "0x20",
            'otelcol_receiver_failed_spans_total{receiver="otlp"}': "0+6x20",
        },
        silent: [5],
        firing: [7],
    },
    {
        what: "the storage takes no spans",
        alert: "TracingStorageFailing",
        series: { 'otelcol_exporter_send_failed_spans_total{exporter="jaeger_storage_exporter"}': "0+6x20" },
        silent: [5],
        firing: [7],
    },
    {
        what: "a full queue drops spans",
        alert: "TracingStorageFailing",
        series: { 'otelcol_exporter_enqueue_failed_spans{exporter="otlp/vendor"}': "0+6x20" },
        silent: [5],
        firing: [7],
    },
    {
        what: "a queue is nine tenths full, and another is four fifths full",
        alert: "TracingExporterQueueFilling",
        series: {
            'otelcol_exporter_queue_size{exporter="otlp/vendor"}': "9x20",
            'otelcol_exporter_queue_capacity{exporter="otlp/vendor"}': "10x20",
            'otelcol_exporter_queue_size{exporter="otlp/backup"}': "8x20",
            'otelcol_exporter_queue_capacity{exporter="otlp/backup"}': "10x20",
        },
        labels: { exporter: "otlp/vendor" },
        silent: [4],
        firing: [6, 20],
    },
    {
        what: "istiod fails for the first time to find a provider's Service, in the sixth minute",
        alert: "TracingProviderHostUnknown",
        series: { 'provider_lookup_cluster_failures{type="opentelemetry"}': "_x6 1x60" },
        silent: [5, 6, 45],
        firing: [9, 30],
    },
    {
        what: "istiod fails again to find a provider's Service, after forty minutes",
        alert: "TracingProviderHostUnknown",
        series: { 'provider_lookup_cluster_failures{type="opentelemetry"}': "3x40 4x60" },
        silent: [40, 80],
        firing: [44, 60],
    },
    {
        what: "sidecars reject listeners",
        alert: "TracingConfigurationRejected",
        series: {
            'pilot_total_xds_rejects{type="lds"}': "_x6 2x60",
            'pilot_total_xds_rejects{type="rds"}': "_x6 2x60",
        },
        labels: { type: "lds" },
        silent: [5, 6, 45],
        firing: [9, 30],
    },
];
