import type { BadConfiguration } from "./refusal";

const ON = { "collectorTier.enabled": "true", "collectorTier.keep": '{"restPercent":1}' };
const KEEP = "collectorTier.keep";
const keep = (rules: object, more: Record<string, string> = {}): Record<string, string> => ({
    ...ON,
    ...more,
    [KEEP]: JSON.stringify(rules),
});
const backend = (values: object): Record<string, string> => ({
    ...ON,
    "collectorTier.backends": JSON.stringify({ vendor: { address: "otel.example.com:4317", ...values } }),
});
const expecting = (requestsPerSecond: number): Record<string, string> => ({
    samplingPercent: "100",
    "collectorTier.expected": JSON.stringify({ requestsPerSecond, spansPerRequest: 10 }),
});

/** What cannot be said of a Collector tier. */
export const BAD_TIERS: BadConfiguration[] = [
    ["zero samplers", { ...ON, "collectorTier.samplers": "0" }, "collectorTier.samplers", /from 1 to 100/],
    ["zero routers", { ...ON, "collectorTier.routers": '{"min":0}' }, "collectorTier.routers.min", /from 1 to 100/],
    [
        "fewer routers at most than at least",
        { ...ON, "collectorTier.routers": '{"min":5,"max":3}' },
        "collectorTier.routers.max",
        /at least collectorTier\.routers\.min, 5/,
    ],
    [
        "two tiers that decide nothing",
        { "collectorTier.enabled": "true" },
        KEEP,
        /rules in collectorTier\.keep with the layout split/,
    ],
    ["rules that keep nothing", keep({ errors: false, restPercent: 0 }), KEEP, /one or more rules that keep traces/],
    [
        "a decision after the pod has ended",
        { ...ON, "collectorTier.decisionWaitSeconds": "55" },
        "collectorTier.gracePeriodSeconds",
        /at least 65: collectorTier\.decisionWaitSeconds \(55\)/,
    ],
    [
        "a service's limit above that for all",
        keep({ slowMs: 1000, slowServices: { shop: 2000 } }),
        `${KEEP}.slowServices.shop`,
        /less than collectorTier\.keep\.slowMs, 1000 ms/,
    ],
    [
        "what is always and never kept",
        keep({
            always: [{ attribute: "tenant", values: ["a", "b"] }],
            never: [{ attribute: "tenant", values: ["b"] }],
        }),
        `${KEEP}.always.0`,
        /values of tenant that collectorTier\.keep\.never does not drop/,
    ],
    [
        "a ceiling that no trace passes",
        keep({ maxSpansPerSecond: 50 }),
        `${KEEP}.maxSpansPerSecond`,
        /at least 100: each of 2 samplers gives its smallest rule 20 %/,
    ],
    [
        "a ceiling below the baseline",
        keep({ restPercent: 10, maxSpansPerSecond: 500 }, expecting(1000)),
        `${KEEP}.maxSpansPerSecond`,
        /at least 5000: with collectorTier\.expected, the rest comes to 1000 spans per second, and gets 100/,
    ],
    [
        "a ceiling with more rules than it has percents",
        keep({
            maxSpansPerSecond: 5000,
            always: Array.from({ length: 81 }, (_, index) => ({ attribute: "a", values: [String(index)] })),
        }),
        `${KEEP}.maxSpansPerSecond`,
        /so few rules that each gets at least 1 %/,
    ],
    [
        "a policy with a name of the program's",
        keep({ policies: [{ name: "slow-db", type: "always_sample" }] }),
        `${KEEP}.policies.0.name`,
        /a unique name/,
    ],
    [
        "a policy without its settings",
        keep({ policies: [{ name: "big", type: "span_count" }] }),
        `${KEEP}.policies.0`,
        /an object span_count/,
    ],
    [
        "a policy of no type",
        keep({ policies: [{ name: "big", type: "latncy", latncy: {} }] }),
        `${KEEP}.policies.0.type`,
        /one of always_sample, .*latency/,
    ],
    [
        "a policy of no type in another",
        keep({
            policies: [{ name: "a", type: "and", and: { and_sub_policy: [{ name: "b", type: "drop", drop: {} }] } }],
        }),
        `${KEEP}.policies.0.and.and_sub_policy.0.type`,
        /one of always_sample, .*not/,
    ],
    ...["composite", "not"].map((type): BadConfiguration => [
        `a policy ${type} in a ceiling`,
        keep({ maxSpansPerSecond: 5000, policies: [{ name: "c", type, [type]: {} }] }),
        `${KEEP}.policies.0.type`,
        /with maxSpansPerSecond, which puts all policies into a composite one, one of /,
    ]),
    [
        "more traces than samplers remember",
        { ...ON, ...expecting(20_000), "resources.sampler.limits.memory": "64Gi" },
        "collectorTier.waitingTraces",
        /at least 110000: 10000 new traces per second of each sampler, which waits for 10 seconds and up to one more/,
    ],
    [
        "less memory than waiting spans need",
        { ...ON, ...expecting(5000) },
        "resources.sampler.limits.memory",
        /at least 2374Mi: 275000 waiting spans of 3000 bytes in each of 2 samplers/,
    ],
    [
        "less memory than what samplers remember",
        { ...ON, "collectorTier.waitingTraces": "1000000" },
        "resources.sampler.limits.memory",
        /at least \d+Mi, which a sampler needs to remember 1000000 traces/,
    ],
    [
        "a back end with a scheme",
        backend({ address: "http://a:4317" }),
        "collectorTier.backends.vendor.address",
        /scheme/,
    ],
    [
        "a back end on the port of another protocol",
        backend({ protocol: "otlp-http" }),
        "collectorTier.backends.vendor.address",
        /a port that accepts otlp-http, usually 4318/,
    ],
    [
        "a back end on a port of Jaeger's own protocol",
        backend({ address: "jaeger.example.com:14250" }),
        "collectorTier.backends.vendor.address",
        /accepts otlp-grpc/,
    ],
    ["a path of gRPC", backend({ path: "/v1/traces" }), "collectorTier.backends.vendor.path", /none with otlp-grpc/],
    [
        "another back end called jaeger",
        { ...ON, "collectorTier.backends": '{"jaeger":{"address":"otel.example.com:4317"}}' },
        "collectorTier.backends.jaeger",
        /another name/,
    ],
    [
        "no back end at all",
        { ...ON, "jaeger.deploy": "false" },
        "collectorTier.backends",
        /one or more back ends, because jaeger\.deploy is false/,
    ],
    [
        "headers of no back end",
        { ...ON, collectorTierHeaders: '{"vendor":{"authorization":"hidden"}}' },
        "collectorTierHeaders.vendor",
        /one of collectorTier\.backends: there is none/,
    ],
    [
        "a header with a variable",
        { ...backend({}), collectorTierHeaders: '{"vendor":{"authorization":"a$b"}}' },
        "collectorTierHeaders.vendor.authorization",
        /a value without \$/,
    ],
    [
        "a header among the back ends",
        backend({ headers: { authorization: "hidden" } }),
        "collectorTier.backends.vendor.headers",
        /address and, where needed/,
    ],
    [
        "another collector for the mesh",
        { ...ON, collectorAddress: "otel.example.com:4317" },
        "collectorAddress",
        /sidecars send spans to the tier/,
    ],
    ["headers for the mesh", { ...ON, collectorHeaders: '{"a":"b"}' }, "collectorHeaders", /send spans to the tier/],
    [
        "a path for the mesh",
        { ...ON, "collector.protocol": "otlp-http", "collector.path": "/x" },
        "collector.path",
        /send spans to the tier/,
    ],
    ["TLS for the mesh", { ...ON, "collector.tls": '{"ca":"public"}' }, "collector.tls", /send spans to the tier/],
    ["Zipkin", { ...ON, "collector.protocol": "zipkin" }, "collector.protocol", /which the Collector tier accepts/],
    [
        "a Collector that is not proved",
        { ...ON, "images.collector": "docker.io/otel/opentelemetry-collector-k8s:0.140.0" },
        "images.collector",
        /a tag of the 0\.161 line/,
    ],
    [
        "metrics behind tail sampling",
        { ...ON, samplingPercent: "100", "metrics.deployPrometheus": "true" },
        "metrics.deployPrometheus",
        /samples traces before Jaeger/,
    ],
];
