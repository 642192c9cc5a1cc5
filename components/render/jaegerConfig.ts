import { createHash } from "node:crypto";
import { JAEGER_PORTS, RECEIVER_PORTS } from "../../shared/names/ports";
import type { Kafka } from "../kafka";
import type { JaegerStorage } from "../storage";
import { withQueryAccess, type AccessRules } from "./accessRules";
import type { JaegerRole } from "../roles";
import { KAFKA_PRESETS, renderKafka } from "./jaegerKafka";
import { renderRoleConfig, rolePresets } from "./jaegerRoles";
import { renderBackend, renderBackendPresets, renderProcessorNames, STORAGE_EXPORTER } from "./jaegerStorage";
import { renderSpanMetrics, SPAN_METRICS_PRESETS, type JaegerMetrics } from "./spanMetrics";
import { canonicalJson, deepMerge, type PlainObject } from "../../shared/values/plainObjects";

/** Inputs of {@link renderJaegerConfig}. */
export interface JaegerConfigSpec {
    storage: JaegerStorage;
    /** @default no metrics from spans */
    metrics?: JaegerMetrics | undefined;
    /** Additional configuration from the user, merged last. */
    extra: PlainObject;
    /** @default no base path, and access for everybody */
    access?: AccessRules;
    /** @default both roles in one pod */
    role?: JaegerRole | undefined;
    /** @default collectors store spans themselves */
    kafka?: Kafka | undefined;
}

/**
 * Configuration of Jaeger v2, which is an OpenTelemetry Collector with Jaeger's extensions.
 *
 * Source: https://www.jaegertracing.io/docs/2.13/deployment/configuration/
 */
export function renderJaegerConfig(spec: JaegerConfigSpec): PlainObject {
    const { storage, metrics, extra, access = {}, role, kafka } = spec;
    const presets = [
        ...[renderPresets(storage), ...(metrics ? [SPAN_METRICS_PRESETS] : []), ...(kafka ? [KAFKA_PRESETS] : [])],
        ...(role === undefined ? [] : [rolePresets(role)]),
    ];
    const whole = [...presets, renderOwnedConfig(storage, metrics, kafka), extra].reduce(deepMerge);
    const config = role === undefined ? whole : renderRoleConfig(whole, role, kafka !== undefined);
    return role === undefined || role === "query" ? withQueryAccess(config, access) : config;
}

/** What `jaeger.config` may change. */
function renderPresets(storage: JaegerStorage): PlainObject {
    return {
        service: {
            pipelines: { traces: { processors: renderProcessorNames(storage) } },
            telemetry: {
                resource: { "service.name": "jaeger" },
                metrics: { level: "normal" },
                logs: { level: "info" },
            },
        },
        extensions: { jaeger_storage: { backends: { main: renderBackendPresets(storage) } } },
        // Shorter than the default of 200 ms, so that a span can be queried immediately.
        processors: { batch: { timeout: "200ms", send_batch_size: 1024 } },
    };
}

/**
 * The part that the settings decide and that Services, probes and pods depend on. `jaeger.config` must not contradict
 * it.
 */
export function renderOwnedConfig(storage: JaegerStorage, metrics?: JaegerMetrics, kafka?: Kafka): PlainObject {
    const target = kafka === undefined ? STORAGE_EXPORTER : "kafka";
    return [
        renderTracesConfig(storage),
        ...(kafka === undefined ? [] : [renderKafka(kafka)]),
        ...(metrics === undefined ? [] : [renderSpanMetrics(metrics, target)]),
    ].reduce(deepMerge);
}

function renderTracesConfig(storage: JaegerStorage): PlainObject {
    return {
        service: {
            extensions: ["jaeger_storage", "jaeger_query", "healthcheckv2"],
            pipelines: { traces: { receivers: ["otlp", "zipkin"], exporters: [STORAGE_EXPORTER] } },
            telemetry: {
                metrics: {
                    readers: [{ pull: { exporter: { prometheus: { host: "", port: JAEGER_PORTS.metrics } } } }],
                },
            },
        },
        extensions: {
            healthcheckv2: { use_v2: true, http: { endpoint: listen(JAEGER_PORTS.health) } },
            jaeger_query: {
                storage: { traces: "main" },
                http: { endpoint: listen(JAEGER_PORTS.queryHttp) },
                grpc: { endpoint: listen(JAEGER_PORTS.queryGrpc) },
            },
            jaeger_storage: { backends: { main: renderBackend(storage) } },
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
        exporters: { [STORAGE_EXPORTER]: { trace_storage: "main" } },
    };
}

/** Changes with the configuration. The pod template contains it, so that a change restarts the workload. */
export function configHash(config: PlainObject): string {
    return createHash("sha256").update(canonicalJson(config)).digest("hex").slice(0, 16);
}

/** Every address of the pod: IPv4, IPv6 or both. `0.0.0.0` would be IPv4 alone, and `[::]` fails where there is no IPv6. */
function listen(port: number): string {
    return `:${String(port)}`;
}
