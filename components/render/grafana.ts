import type { PlainObject } from "../../shared/values/plainObjects";

/** Identifiers of the data sources, by which dashboards and other data sources name them. */
const UIDS = { jaeger: "istio-tracing-jaeger", prometheus: "istio-tracing-prometheus", loki: "istio-tracing-loki" };

/** The ID of a trace in a line of the access log, as text or as JSON. */
const TRACE_ID_IN_LOG = '"?trace_id"?[=:]"?([0-9a-f]{16,32})';

/** What to show. */
export interface Backends {
    /** Jaeger's query API, with its base path. */
    jaegerUrl: string;
    /** Who may query Jaeger by basic authentication. @default nobody is asked */
    username?: string | undefined;
    /** @default no metrics */
    prometheusUrl?: string | undefined;
    /** @default no logs */
    lokiUrl?: string | undefined;
}

/**
 * Grafana's provisioning file of data sources: traces lead to metrics and logs, metrics by exemplars to traces, and logs to
 * traces. Grafana replaces `$NAME` by variables of its environment, and `$$` stands for a dollar sign.
 *
 * Source: https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources
 */
export function renderGrafanaDataSources(backends: Backends): PlainObject {
    const { prometheusUrl, lokiUrl } = backends;
    return {
        apiVersion: 1,
        datasources: [
            jaegerSource(backends),
            ...(prometheusUrl === undefined ? [] : [prometheusSource(prometheusUrl)]),
            ...(lokiUrl === undefined ? [] : [lokiSource(lokiUrl)]),
        ],
    };
}

function jaegerSource({ jaegerUrl, username, prometheusUrl, lokiUrl }: Backends): PlainObject {
    return {
        ...{ name: "Jaeger (istio-tracing)", uid: UIDS.jaeger, type: "jaeger", access: "proxy", url: jaegerUrl },
        ...(username !== undefined && {
            ...{ basicAuth: true, basicAuthUser: username },
            secureJsonData: { basicAuthPassword: "$JAEGER_PASSWORD" },
        }),
        jsonData: {
            nodeGraph: { enabled: true },
            ...(prometheusUrl !== undefined && { tracesToMetrics: tracesToMetrics() }),
            ...(lokiUrl !== undefined && {
                tracesToLogsV2: {
                    ...{ datasourceUid: UIDS.loki, customQuery: true },
                    ...{ spanStartTimeShift: "-5m", spanEndTimeShift: "5m" },
                    query: '{container="istio-proxy"} |= "$${__trace.traceId}"',
                },
            }),
        },
    };
}

function tracesToMetrics(): PlainObject {
    const calls = "traces_span_metrics_calls_total{$$__tags}";
    const buckets = "traces_span_metrics_duration_milliseconds_bucket{$$__tags}";
    return {
        ...{ datasourceUid: UIDS.prometheus, spanStartTimeShift: "-30m", spanEndTimeShift: "30m" },
        tags: [{ key: "service.name", value: "service_name" }],
        queries: [
            { name: "Requests per second", query: `sum(rate(${calls}[5m]))` },
            {
                name: "95th percentile of durations (ms)",
                query: `histogram_quantile(0.95, sum by (le) (rate(${buckets}[5m])))`,
            },
        ],
    };
}

function prometheusSource(url: string): PlainObject {
    return {
        ...{ name: "Prometheus (istio-tracing)", uid: UIDS.prometheus, type: "prometheus", access: "proxy", url },
        jsonData: {
            httpMethod: "POST",
            exemplarTraceIdDestinations: [{ name: "trace_id", datasourceUid: UIDS.jaeger }],
        },
    };
}

function lokiSource(url: string): PlainObject {
    return {
        ...{ name: "Loki (istio-tracing)", uid: UIDS.loki, type: "loki", access: "proxy", url },
        jsonData: {
            derivedFields: [
                {
                    name: "trace",
                    matcherRegex: TRACE_ID_IN_LOG,
                    ...{ url: "$${__value.raw}", datasourceUid: UIDS.jaeger },
                },
            ],
        },
    };
}

/**
 * The part `external_services.tracing` of Kiali's configuration.
 *
 * Source: https://kiali.io/docs/configuration/p8s-jaeger-grafana/tracing/jaeger/
 *
 * @param grpcUrl address of Jaeger's gRPC query API. @default Kiali queries over HTTP
 * @param externalUrl address of the UI for browsers. @default Kiali's links stay in Kiali
 */
export function renderKialiTracing(
    { jaegerUrl, username }: Pick<Backends, "jaegerUrl" | "username">,
    grpcUrl?: string,
    externalUrl?: string,
): PlainObject {
    return {
        external_services: {
            tracing: {
                ...{ enabled: true, provider: "jaeger" },
                ...{ internal_url: grpcUrl ?? jaegerUrl, use_grpc: grpcUrl !== undefined },
                ...(externalUrl !== undefined && { external_url: externalUrl }),
                ...(username !== undefined && { auth: { type: "basic", username } }),
            },
        },
    };
}
