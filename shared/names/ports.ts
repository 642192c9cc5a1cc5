/** Ports of the receivers for spans, by protocol: https://www.jaegertracing.io/docs/2.13/deployment/ */
export const RECEIVER_PORTS = { "otlp-grpc": 4317, "otlp-http": 4318, zipkin: 9411 } as const;

/** How sidecars send spans to the collector. */
export type CollectorProtocol = keyof typeof RECEIVER_PORTS;

/** Ports of Jaeger's query API, health check, its own metrics, and those that it makes from spans. */
export const JAEGER_PORTS = {
    ...{ queryHttp: 16686, queryGrpc: 16685, health: 13133 },
    ...{ metrics: 8888, spanMetrics: 8889 },
} as const;

/** Port of Prometheus: https://prometheus.io/docs/prometheus/latest/getting_started/ */
export const PROMETHEUS_PORT = 9090;

/** Ports of Istio's metrics: of istiod, and of Envoy in a sidecar. */
export const ISTIO_METRICS_PORTS = { istiod: 15014, envoy: 15090 } as const;

/** Port of Envoy's admin interface, which a sidecar opens inside of its pod alone. */
export const ENVOY_ADMIN_PORT = 15000;

/**
 * Ports of the doctor in the cluster: the requests that it answers itself, its sidecar's configuration, and its metrics at
 * the usual port of OpenTelemetry's exporters.
 */
export const DOCTOR_PORTS = { answer: 8080, relay: 9465, metrics: 9464 } as const;
