import { JAEGER_PORTS } from "../../shared/names/ports";
import type { PlainObject } from "../../shared/values/plainObjects";
import { formatRange, type Metrics } from "../metrics";
import { STORAGE_EXPORTER } from "./jaegerStorage";

/** What Jaeger needs to know of the metrics. */
export type JaegerMetrics = Pick<Metrics, "prometheusUrl" | "sampled">;

/** Name of the connector that makes metrics from spans, as Jaeger 2.13 calls it. */
export const SPAN_METRICS = "spanmetrics";

/**
 * The part of Jaeger's configuration that makes metrics of requests from spans and queries them from Prometheus, for the
 * Monitor tab and the metrics API. Spans are counted when they arrive, whatever becomes of them in the storage.
 *
 * @param target exporter to which spans go as well.
 *
 * Source: https://github.com/jaegertracing/jaeger/blob/v2.13.0/cmd/jaeger/config-spm.yaml
 */
export function renderSpanMetrics({ prometheusUrl, sampled }: JaegerMetrics, target = STORAGE_EXPORTER): PlainObject {
    return {
        service: {
            pipelines: {
                traces: { exporters: [target, SPAN_METRICS] },
                [`metrics/${SPAN_METRICS}`]: { receivers: [SPAN_METRICS], exporters: ["prometheus"] },
            },
        },
        extensions: {
            jaeger_storage: {
                metric_backends: {
                    main: {
                        prometheus: { endpoint: prometheusUrl, normalize_calls: true, normalize_duration: true },
                    },
                },
            },
            jaeger_query: { storage: { metrics: "main" } },
        },
        connectors: {
            [SPAN_METRICS]: {
                // The trace of some requests in each bucket, by which a latency leads to a trace.
                exemplars: { enabled: true },
                // By service, not by all that a resource says: otherwise, two pods of a service that differ in any
                // attribute would overwrite each other's counts.
                resource_metrics_key_attributes: ["service.name"],
            },
        },
        exporters: {
            prometheus: {
                endpoint: `:${String(JAEGER_PORTS.spanMetrics)}`,
                // Only this format has exemplars.
                enable_open_metrics: true,
                ...(sampled !== undefined && { const_labels: { sampling_percent: formatRange(sampled) } }),
            },
        },
    };
}

/** What `jaeger.config` may change. */
export const SPAN_METRICS_PRESETS: PlainObject = {
    connectors: {
        [SPAN_METRICS]: {
            // The default of 60 s makes rates of a minute impossible.
            metrics_flush_interval: "15s",
            // Spans whose names contain an ID would fill the memory.
            aggregation_cardinality_limit: 10_000,
        },
    },
};
