import { z } from "zod";
import { BOOLEAN, CHOICE_NEXT, decimal, type Field } from "./field";
import { headerProblem } from "./collectorFields";
import {
    BACKENDS_SCHEMA,
    EXCLUDE_SCHEMA,
    EXPECTED_SCHEMA,
    KEEP_SCHEMA,
    REDACT_SCHEMA,
    RESOURCE_ATTRIBUTES_SCHEMA,
    ROUTERS_SCHEMA,
} from "./tierSchemas";

/** The settings of the Collector tier. */
export const TIER_FIELDS = {
    "collectorTier.enabled": {
        meaning:
            "`true` puts OpenTelemetry Collectors between the sidecars and the back ends of traces. See " +
            "[scale.md](scale.md).",
        expected: "true (spans go through a Collector tier) or false (sidecars send them directly to their collector)",
        next: CHOICE_NEXT,
        schema: BOOLEAN,
        default: "false",
    },
    "collectorTier.layout": {
        meaning:
            "split (routers send all spans of a trace to one of several samplers) or single (one sampler in one replica, " +
            "for few traces, for filters, or for a second back end).",
        expected: "split (routers in front of several samplers) or single (one Collector in one replica)",
        next: CHOICE_NEXT,
        schema: z.enum(["split", "single"]),
        default: "split",
    },
    "collectorTier.keep": {
        meaning:
            "Tail sampling: which traces to keep once they are complete. Empty keeps all traces, which needs the " +
            "layout `single`.",
        expected:
            "an object with errors, slowMs, slowServices, restPercent, maxSpansPerSecond, always, never and " +
            "policies, each optional, or {} for every trace",
        next: "write it like { slowMs: 1000, restPercent: 1 }; errors are kept unless errors is false",
        schema: KEEP_SCHEMA,
        default: {},
    },
    "collectorTier.routers": {
        meaning:
            "Number of router replicas, `min` and `max`. If the two differ, an autoscaler follows their CPU use, as metrics-server " +
            "tells it.",
        expected: "an object with min and max, each a whole number from 1 to 100 (replicas), or {}",
        next: "write it like { min: 2, max: 4 }; the same number for both turns off autoscaling",
        schema: ROUTERS_SCHEMA,
        default: {},
    },
    "collectorTier.samplers": {
        meaning:
            "Number of sampler replicas with the layout `split`. They are not autoscaled: each change moves traces from one " +
            "sampler to another.",
        expected: "a whole number from 1 to 100 (replicas)",
        next: "set for example 2",
        schema: decimal(1, 100, 0),
        default: "2",
    },
    "collectorTier.resolver": {
        meaning:
            "How routers find samplers: k8s (from the API server, immediately; the program gives them the right to " +
            "read EndpointSlices) or dns (from the headless Service, up to 5 seconds later).",
        expected: "k8s (the routers query the API server) or dns (they query DNS, and need no rights)",
        next: CHOICE_NEXT,
        schema: z.enum(["k8s", "dns"]),
        default: "k8s",
    },
    "collectorTier.decisionWaitSeconds": {
        meaning: "Seconds from the first span of a trace until a sampler decides about it.",
        expected: "a whole number from 1 to 600 (seconds from a trace's first span to the decision)",
        next: "set it above the duration of the longest requests that matter, for example 10",
        schema: decimal(1, 600, 0),
        default: "10",
    },
    "collectorTier.waitingTraces": {
        meaning: "Traces that a sampler holds. When there are more, it evicts the oldest before a decision.",
        expected: "a whole number from 100 to 10000000 (traces that a sampler holds)",
        next: "set it above new traces per second of a sampler, times collectorTier.decisionWaitSeconds",
        schema: decimal(100, 10_000_000, 0),
        default: "50000",
    },
    "collectorTier.gracePeriodSeconds": {
        meaning: "Seconds that a terminating Collector has to decide about its traces and send them.",
        expected: "a whole number from 15 to 3600 (seconds), at least 10 more than collectorTier.decisionWaitSeconds",
        next: "set for example 60",
        schema: decimal(15, 3600, 0),
        default: "60",
    },
    "collectorTier.backends": {
        meaning:
            "Where kept traces go in addition to the stack's own Jaeger, by name: `address`, `protocol`, `path` and " +
            "`tls`. Headers are in `collectorTierHeaders`.",
        expected: "an object of back ends by name, each with address and, where needed, protocol, path and tls, or {}",
        next: "write it like { vendor: { address: otel.example.com:443, tls: { ca: public } } }",
        schema: BACKENDS_SCHEMA,
        default: {},
        // Where people put a key by mistake.
        secret: true,
    },
    "collectorTier.exclude": {
        meaning: "Requests whose spans are removed before the decision.",
        expected: "an object with healthChecks, paths or both, or {}",
        next: "write it like { healthChecks: true, paths: [/internal/*] }",
        schema: EXCLUDE_SCHEMA,
        default: {},
    },
    "collectorTier.redact": {
        meaning: "Attributes that are deleted, or replaced with a hash, on every kept span.",
        expected: "an object of attribute names, each with delete or hash, or {}",
        next: "write it like { user_agent: delete, customer: hash }",
        schema: REDACT_SCHEMA,
        default: {},
    },
    "collectorTier.resourceAttributes": {
        meaning: "Attributes to add to the resource of every kept span.",
        expected: "an object of attribute names and texts, or {}",
        next: "write it like { k8s.cluster.name: east, deployment.environment: prod }",
        schema: RESOURCE_ATTRIBUTES_SCHEMA,
        default: {},
    },
    "collectorTier.maxAttributeLength": {
        meaning: "Maximum number of characters of a span attribute's value; longer values are truncated.",
        expected: "a whole number from 16 to 65536 (characters), or nothing",
        next: "omit it to keep whole values, or set for example 2048",
        schema: z.union([z.literal("").transform(() => undefined), decimal(16, 65_536, 0)]),
        default: "",
    },
    "collectorTier.expected": {
        meaning:
            "The expected load of the tier. With `requestsPerSecond`, the preview calculates the memory that this " +
            "needs and how many spans are stored, and refuses a tier that is too small.",
        expected: "an object with any of requestsPerSecond, spansPerRequest and bytesPerSpan, or {}",
        next: "write it like { requestsPerSecond: 500, spansPerRequest: 12 }",
        schema: EXPECTED_SCHEMA,
        default: {},
    },
    "collectorTier.anyVersion": {
        meaning: "`true` accepts a Collector of a release line that the project's tests do not cover.",
        expected: "true (any release of the Collector) or false (only the tested line)",
        next: CHOICE_NEXT,
        schema: BOOLEAN,
        default: "false",
    },
    collectorTierHeaders: {
        expected: "an object of back ends by name, each with header names and their values as text",
        next: "set one like: pulumi config set --secret --path collectorTierHeaders.vendor.authorization 'Bearer ...'",
        schema: z.record(
            z.string(),
            z
                .record(z.string(), z.string({ error: "text" }), { error: "an object of headers" })
                .superRefine((headers, context) => {
                    for (const [name, value] of Object.entries(headers)) {
                        // The Collector would take what follows for the name of a variable.
                        const message = value.includes("$") ? "a value without $" : headerProblem(headers, name);
                        if (message !== undefined) context.addIssue({ code: "custom", path: [name], message });
                    }
                })
                .transform((headers) =>
                    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
                ),
        ),
        default: {},
        secret: true,
        encrypted: true,
    },
} as const satisfies Record<string, Field>;
