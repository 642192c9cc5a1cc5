import { createHash } from "node:crypto";
import { canonicalJson, type PlainObject } from "./objects";
import { RECEIVER_PORTS } from "../collector";

/** Ports on which Jaeger serves its query side and tells about itself. */
export const JAEGER_PORTS = { queryHttp: 16686, queryGrpc: 16685, health: 13133, metrics: 8888 } as const;

/** Inputs of {@link renderJaegerConfig}. */
export interface JaegerConfigSpec {
    /** Traces held in memory before the oldest is dropped. */
    maxTraces: number;
}

/**
 * Configuration of Jaeger v2, which is an OpenTelemetry Collector with Jaeger's extensions.
 *
 * `max_traces` is always set: Jaeger's own default of 1 000 000 does not fit a small pod.
 *
 * Source: https://www.jaegertracing.io/docs/2.13/deployment/configuration/
 */
export function renderJaegerConfig(spec: JaegerConfigSpec): PlainObject {
    return {
        service: {
            extensions: ["jaeger_storage", "jaeger_query", "healthcheckv2"],
            pipelines: {
                traces: {
                    receivers: ["otlp", "zipkin"],
                    processors: ["batch"],
                    exporters: ["jaeger_storage_exporter"],
                },
            },
            telemetry: {
                resource: { "service.name": "jaeger" },
                metrics: {
                    level: "normal",
                    readers: [{ pull: { exporter: { prometheus: { host: "0.0.0.0", port: JAEGER_PORTS.metrics } } } }],
                },
                logs: { level: "info" },
            },
        },
        extensions: {
            healthcheckv2: { use_v2: true, http: { endpoint: listen(JAEGER_PORTS.health) } },
            jaeger_query: {
                storage: { traces: "main" },
                http: { endpoint: listen(JAEGER_PORTS.queryHttp) },
                grpc: { endpoint: listen(JAEGER_PORTS.queryGrpc) },
            },
            jaeger_storage: { backends: { main: { memory: { max_traces: spec.maxTraces } } } },
        },
        receivers: {
            otlp: {
                protocols: {
                    grpc: { endpoint: listen(RECEIVER_PORTS["otlp-grpc"]) },
                    http: { endpoint: listen(RECEIVER_PORTS["otlp-http"]) },
                },
            },
            zipkin: { endpoint: listen(RECEIVER_PORTS.zipkin) },
        },
        // The default of 200 ms is kept short so that a span can be queried at once.
        processors: { batch: { timeout: "200ms", send_batch_size: 1024 } },
        exporters: { jaeger_storage_exporter: { trace_storage: "main" } },
    };
}

/** Changes with the configuration, so that the pod template carries it and the workload rolls. */
export function configHash(config: PlainObject): string {
    return createHash("sha256").update(canonicalJson(config)).digest("hex").slice(0, 16);
}

function listen(port: number): string {
    return `0.0.0.0:${String(port)}`;
}
