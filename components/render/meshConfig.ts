import { OUTSIDE_COLLECTOR_PORT, type Collector } from "../collector";
import { renderTextFormat } from "./accessLog";
import type { PlainObject } from "../../shared/values/plainObjects";
import { escapeRegExp } from "../../shared/values/regExp";

/** Name of Istio's extension provider, which the Telemetry refers to. */
export const TRACING_PROVIDER = "tracing";

/** Inputs of {@link renderMeshConfig}. */
export interface MeshConfigSpec {
    collector: Collector;
    /** Istio's root namespace, which contains the ServiceEntry of an outside collector. */
    namespace: string;
    /** Names of the headers of every export call; their values are in istiod's environment. */
    headerNames: readonly string[];
    /** Istio release, such as `1.31.1`; decides which access log operators the proxy knows. */
    istioVersion: string;
}

/**
 * The mesh configuration that Istio's chart receives: tracing provider, export tuning, access log.
 *
 * Source of each field: https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/
 */
export function renderMeshConfig(spec: MeshConfigSpec): PlainObject {
    return {
        enableTracing: true,
        extensionProviders: [renderProvider(spec)],
        defaultConfig: renderProxyConfig(spec.collector),
        accessLogFile: "/dev/stdout",
        accessLogEncoding: "TEXT",
        accessLogFormat: renderTextFormat(spec.istioVersion, spec.collector.protocol),
    };
}

/**
 * The configuration that a sidecar reads only when it starts. A change here needs new pods. Everything else in the mesh
 * configuration reaches running sidecars in about a second.
 */
export function renderProxyConfig(collector: Collector): PlainObject {
    return {
        // Empty on purpose: it turns off the legacy Zipkin tracer of the bootstrap configuration.
        tracing: {},
        // Envoy's own default sends five spans a call: 200 export calls per 1000 spans. 512 stays well under
        // its buffer of 1024 spans, beyond which spans are dropped; an idle proxy still sends every second.
        // Zipkin's JSON costs Envoy more CPU for each span the more of them a call has: 32 is the cheapest
        // (docs/benchmarks.md, mesh-cost).
        // Both tracers are tuned, whichever is in use: a new protocol must not restart pods.
        runtimeValues: {
            "tracing.opentelemetry.min_flush_spans": "512",
            "tracing.opentelemetry.flush_interval_ms": "1000",
            "tracing.zipkin.min_flush_spans": "32",
            "tracing.zipkin.flush_interval_ms": "1000",
        },
        // Without these a sidecar has no statistics of tracing or of the collector's cluster, so lost spans
        // would be invisible. The port is a wildcard: a new port must not restart pods.
        proxyStatsMatcher: {
            inclusionPrefixes: ["tracing."],
            inclusionRegexps: [
                `cluster\\.outbound\\|\\d+\\|\\|${escapeRegExp(collector.host)};?\\.(upstream_(rq|cx)|membership)_\\w+`,
            ],
        },
    };
}

/** Variable of istiod's environment with the value of a header. */
export function headerVariable(name: string): string {
    return `TRACING_HEADER_${name}`;
}

/** Where OTLP over HTTP goes unless somebody says so: https://opentelemetry.io/docs/specs/otlp/#otlphttp-request */
const OTLP_PATH = "/v1/traces";

/** The extension provider that sends spans to a collector. */
export function renderProvider(
    { collector, namespace, headerNames }: Pick<MeshConfigSpec, "collector" | "namespace" | "headerNames">,
    name: string = TRACING_PROVIDER,
): PlainObject {
    const { host, port, protocol, outsideAddress, path } = collector;
    const target =
        outsideAddress === undefined
            ? { service: host, port }
            : // With its namespace: a team's own ServiceEntry for the same host would make the name ambiguous, and
              // With an unknown provider, Istio traces nothing.
              { service: `${namespace}/${host}`, port: OUTSIDE_COLLECTOR_PORT };
    const headers = headerNames.map((name) => ({ name, envName: headerVariable(name) }));
    const some = headers.length > 0;
    const kinds: Record<Collector["protocol"], PlainObject> = {
        "otlp-grpc": { opentelemetry: { ...target, ...(some && { grpc: { initialMetadata: headers } }) } },
        // Without the path the collector answers 404; without the timeout Envoy rejects every listener.
        "otlp-http": {
            opentelemetry: { ...target, http: { path: path ?? OTLP_PATH, timeout: "3s", ...(some && { headers }) } },
        },
        // Reads B3 first, falls back to W3C, and propagates both.
        zipkin: {
            zipkin: {
                ...target,
                ...(path !== undefined && { path }),
                traceContextOption: "USE_B3_WITH_W3C_PROPAGATION",
                ...(some && { headers }),
            },
        },
    };
    return { name, ...kinds[protocol] };
}
