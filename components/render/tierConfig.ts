import { JAEGER_PORTS, RECEIVER_PORTS } from "../../shared/names/ports";
import { cachedDecisions } from "../../checks/collector/tierSizing";
import type { PlainObject } from "../../shared/values/plainObjects";
import { TIER_NAMES, type CollectorTier } from "../tier";
import { renderExporters, type NamedBackend } from "./tierBackends";
import { literalText } from "./literalText";
import { renderPolicies } from "./tailSampling";

/** Spans that a queue holds before it refuses more. */
export const QUEUE_SPANS = 50_000;

/** Batches that leave a queue at the same time. */
const ROUTER_CONSUMERS = 50;
const SAMPLER_CONSUMERS = 10;

/** Seconds for which an export is tried again before its spans are given up. */
const RETRY_SECONDS = 300;

/** Inputs of {@link renderRouterConfig} and {@link renderSamplerConfig}. */
export interface TierConfigSpec {
    tier: CollectorTier;
    namespace: string;
    clusterDomain: string;
    backends: NamedBackend[];
}

/**
 * Configuration of a router, which sends all spans of a trace to the same sampler.
 *
 * Its queue stands before the choice of a sampler: what one refuses is sent again to those that are there then. That
 * sends the whole batch to all samplers again, so the exporter to each of them first tries for a few seconds by itself.
 * Many consumers keep one sampler that does not answer from stopping what is for the others.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.161.0/exporter/loadbalancingexporter
 */
export function renderRouterConfig(spec: TierConfigSpec): PlainObject {
    const { tier } = spec;
    const filter = renderFilter(tier);
    return {
        ...renderBase(),
        processors: { memory_limiter: MEMORY_LIMITER, ...filter },
        exporters: {
            load_balancing: {
                routing_key: "traceID",
                protocol: {
                    otlp: {
                        timeout: "2s",
                        tls: { insecure: true },
                        sending_queue: { enabled: false },
                        retry_on_failure: {
                            enabled: true,
                            ...{ initial_interval: "200ms", max_interval: "1s", max_elapsed_time: "5s" },
                        },
                    },
                },
                resolver: renderResolver(spec),
                ...renderQueue(ROUTER_CONSUMERS),
            },
        },
        service: renderService(TIER_NAMES.router, ["memory_limiter", ...Object.keys(filter)], ["load_balancing"]),
    };
}

/**
 * Configuration of a sampler: what it decides comes first, what it writes on kept spans after that, and batches last,
 * because batches before a decision would mix traces.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/v0.161.0/processor/tailsamplingprocessor
 */
export function renderSamplerConfig({ tier, backends }: TierConfigSpec): PlainObject {
    const exporters = renderExporters(backends, renderQueue(SAMPLER_CONSUMERS));
    const before = tier.layout === "single" ? renderFilter(tier) : {};
    const processors = {
        memory_limiter: MEMORY_LIMITER,
        ...before,
        ...renderTailSampling(tier),
        ...renderChanges(tier),
        batch: { timeout: "200ms", send_batch_size: 1024, send_batch_max_size: 2048 },
    };
    return {
        ...renderBase(),
        processors,
        exporters,
        service: renderService(TIER_NAMES.sampler, Object.keys(processors), Object.keys(exporters)),
    };
}

/** A pod refuses spans before it runs out of memory. What Go itself keeps free stands in GOMEMLIMIT. */
const MEMORY_LIMITER = { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 20 };

function renderBase(): PlainObject {
    return {
        receivers: {
            otlp: {
                protocols: {
                    grpc: { endpoint: listen(RECEIVER_PORTS["otlp-grpc"]) },
                    http: { endpoint: listen(RECEIVER_PORTS["otlp-http"]) },
                },
            },
        },
        extensions: { health_check: { endpoint: listen(JAEGER_PORTS.health) } },
    };
}

function renderService(name: string, processors: string[], exporters: string[]): PlainObject {
    return {
        extensions: ["health_check"],
        pipelines: { traces: { receivers: ["otlp"], processors, exporters } },
        telemetry: {
            resource: { "service.name": name },
            metrics: {
                level: "normal",
                readers: [{ pull: { exporter: { prometheus: { host: "", port: JAEGER_PORTS.metrics } } } }],
            },
            logs: { level: "info" },
        },
    };
}

function renderQueue(consumers: number): PlainObject {
    return {
        sending_queue: { enabled: true, sizer: "items", queue_size: QUEUE_SPANS, num_consumers: consumers },
        retry_on_failure: {
            enabled: true,
            ...{ initial_interval: "500ms", max_interval: "5s", max_elapsed_time: `${String(RETRY_SECONDS)}s` },
        },
    };
}

function renderResolver({ tier, namespace, clusterDomain }: TierConfigSpec): PlainObject {
    const service = `${TIER_NAMES.sampler}.${namespace}`;
    const port = RECEIVER_PORTS["otlp-grpc"];
    return tier.resolver === "k8s"
        ? { k8s: { service, ports: [port] } }
        : { dns: { hostname: `${service}.svc.${clusterDomain}`, port: String(port), interval: "5s", timeout: "1s" } };
}

function renderTailSampling({
    keep,
    samplers,
    decisionWaitSeconds,
    waitingTraces,
    layout,
}: CollectorTier): PlainObject {
    if (keep === undefined) return {};
    const cached = cachedDecisions(waitingTraces);
    return {
        tail_sampling: {
            decision_wait: `${String(decisionWaitSeconds)}s`,
            num_traces: waitingTraces,
            // A span that comes after its trace has left the memory shares the decision.
            decision_cache: {
                ...{ sampled_cache_size: cached.kept, non_sampled_cache_size: cached.dropped },
            },
            policies: renderPolicies(keep, layout === "single" ? 1 : samplers),
        },
    };
}

/** Paths that kubelets, load balancers and monitoring ask, and their user agents. */
const HEALTH_PATHS = ["/healthz", "/readyz", "/livez", "/health", "/ready", "/live"];
const HEALTH_AGENTS = ["kube-probe", "GoogleHC", "ELB-HealthChecker", "Prometheus"];

/** Leaves spans out before they take memory. Envoy writes the whole URL, and OpenTelemetry's SDKs the path. */
function renderFilter({ exclude: { healthChecks, paths } }: CollectorTier): PlainObject {
    const all = [...(healthChecks ? HEALTH_PATHS : []), ...paths];
    if (all.length === 0) return {};
    const pattern = `(${all.map(pathPattern).join("|")})`;
    const span = [
        isMatch("http.url", `^[a-z]+://[^/]+${pattern}([?#]|$)`),
        isMatch("url.path", `^${pattern}$`),
        ...(healthChecks ? [isMatch("user_agent", `^(${HEALTH_AGENTS.join("|")})/`)] : []),
    ];
    return { filter: { error_mode: "ignore", traces: { span } } };
}

/** A path as a regular expression, without a backslash, which OTTL would take for its own; `*` at the end is anything. */
function pathPattern(path: string): string {
    return path.replaceAll(".", "[.]").replace(/\*$/, ".*");
}

function isMatch(attribute: string, pattern: string): string {
    return `IsMatch(attributes["${attribute}"], "${pattern}")`;
}

/** What is written on kept spans, or taken away from them. */
function renderChanges({ keep, redact, resourceAttributes, maxAttributeLength }: CollectorTier): PlainObject {
    const actions = Object.entries(redact).map(([key, action]) => ({ key, action }));
    const attributes = Object.entries(resourceAttributes).map(([key, value]) => ({
        ...{ key, value: literalText(value), action: "upsert" },
    }));
    const statements = [
        ...(keep === undefined ? [] : POLICY_ATTRIBUTES.map(fromScope)),
        ...(maxAttributeLength === undefined ? [] : [`truncate_all(span.attributes, ${String(maxAttributeLength)})`]),
    ];
    return {
        ...(actions.length > 0 && { attributes: { actions } }),
        ...(attributes.length > 0 && { resource: { attributes } }),
        ...(statements.length > 0 && {
            transform: { error_mode: "ignore", trace_statements: [{ context: "span", statements }] },
        }),
    };
}

/** Attributes that tell which policy kept a trace, and which one within a ceiling. */
const POLICY_ATTRIBUTES = ["tailsampling.policy", "tailsampling.composite_policy"];

/** The processor writes them on the scope, of which Jaeger shows nothing. */
function fromScope(name: string): string {
    return `set(span.attributes["${name}"], scope.attributes["${name}"]) where scope.attributes["${name}"] != nil`;
}

/** Every address of the pod: IPv4, IPv6 or both. */
function listen(port: number): string {
    return `:${String(port)}`;
}
