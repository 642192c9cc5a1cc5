import type { PlainObject } from "../shared/values/plainObjects";
import type { CollectorTls } from "./collector";

/** Names of the tier's objects in the cluster. The Service is the same for both layouts, so that no sidecar changes. */
export const TIER_NAMES = {
    service: "tracing-collector",
    router: "tracing-router",
    sampler: "tracing-sampler",
} as const;

/** A Collector tier between the mesh and the back ends of traces. */
export interface CollectorTier {
    /**
     * `split`: routers send all spans of a trace to one sampler, of which there are several. `single`: one sampler in one
     * replica.
     */
    layout: "split" | "single";
    /** Replicas of the routers; autoscaled between the two when they differ. */
    routers: { min: number; max: number };
    /** Replicas of the samplers. They are not autoscaled: each change moves traces from one to another. */
    samplers: number;
    /** How routers find the samplers: from the API server, or from DNS. */
    resolver: "k8s" | "dns";
    /** Which traces are kept. @default every trace */
    keep: KeepRules | undefined;
    /** Seconds from the first span of a trace to the decision about it. */
    decisionWaitSeconds: number;
    /** Traces that one sampler remembers, decided or not, before it evicts the oldest. */
    waitingTraces: number;
    /** Seconds that a pod has to end. */
    gracePeriodSeconds: number;
    /** Where kept traces go in addition to the stack's own Jaeger, by name. */
    backends: Record<string, TierBackend>;
    /** Requests whose spans are left out. */
    exclude: { healthChecks: boolean; paths: string[] };
    /** Attributes of spans that are deleted, or replaced by a hash. */
    redact: Record<string, "delete" | "hash">;
    /** Attributes that the resource of every span gets. */
    resourceAttributes: Record<string, string>;
    /** Characters after which the value of an attribute is cut off. @default never */
    maxAttributeLength: number | undefined;
    /** Requests that the arithmetic is done for. @default none, and no forecast */
    expected: ExpectedTraffic | undefined;
}

/** Which traces are kept: those that any of these rules wants, unless `never` drops them. */
export interface KeepRules {
    /** Traces with a server fault. */
    errors: boolean;
    /** Traces longer than this, in milliseconds. @default none for its duration */
    slowMs: number | undefined;
    /** Traces with a span of a service that is longer than this, in milliseconds. */
    slowServices: Record<string, number>;
    /** Percent of all other traces. */
    restPercent: number;
    /** Spans per second that are kept at most, by all samplers together. @default no ceiling */
    maxSpansPerSecond: number | undefined;
    /** Traces with a span that has one of these values. */
    always: AttributeMatch[];
    /** Traces that are dropped even if another rule matches them. */
    never: AttributeMatch[];
    /** Additional policies of the tail_sampling processor, unchanged. */
    policies: PlainObject[];
}

/** A text attribute of spans, and its values. */
export interface AttributeMatch {
    attribute: string;
    values: string[];
}

/** A receiver of kept traces. */
export interface TierBackend {
    /** DNS name or IP address. */
    host: string;
    port: number;
    protocol: "otlp-grpc" | "otlp-http";
    /** Path to which spans are posted with otlp-http. @default /v1/traces */
    path: string | undefined;
    /** @default without TLS */
    tls: CollectorTls | undefined;
    /** Names of the headers of every call; the values are secrets. */
    headers: string[];
}

/** What the tier is expected to take in. */
export interface ExpectedTraffic {
    requestsPerSecond: number;
    /** Spans of one request through all its services. */
    spansPerRequest: number;
    /** Memory of one waiting span, in bytes. */
    bytesPerSpan: number;
}
