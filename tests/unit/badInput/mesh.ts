import type { BadConfiguration } from "./refusal";

const shop = (value: unknown): Record<string, string> => ({ namespaces: JSON.stringify({ shop: value }) });
const tag = (value: unknown): Record<string, string> => shop({ customTags: { team: value } });

/** Namespaces of others, mutual TLS and the copies of istiod. */
export const BAD_MESH: BadConfiguration[] = [
    ["namespaces as a list", { namespaces: '["shop"]' }, "namespaces", /existing namespaces by name/],
    ["a namespace that is on", shop(true), "namespaces.shop", /existing namespaces by name/],
    [
        "a namespace of Kubernetes' own",
        { namespaces: '{"kube-system":{}}' },
        "namespaces.kube-system",
        /not starting with "kube-"/,
    ],
    ["a namespace in capitals", { namespaces: '{"Shop":{}}' }, "namespaces.Shop", /1 to 63 of a-z/],
    ["the prototype of namespaces", { namespaces: '{"__proto__":{}}' }, "namespaces.__proto__", /any other name/],
    [
        "a misspelt field of a namespace",
        shop({ sampling: 5 }),
        "namespaces.shop.sampling",
        /samplingPercent, customTags/,
    ],
    [
        "more than all traces of a namespace",
        shop({ samplingPercent: 100.1 }),
        "namespaces.shop.samplingPercent",
        /0 to 100/,
    ],
    ["a rate that is a word", shop({ samplingPercent: "all" }), "namespaces.shop.samplingPercent", /0 to 100/],
    ["no tags", shop({ customTags: {} }), "namespaces.shop.customTags", /at least one tag/],
    ["a tag that is text", tag("shop"), "namespaces.shop.customTags.team", /exactly one of literal/],
    [
        "a tag of two kinds",
        tag({ literal: { value: "a" }, header: { name: "x-team" } }),
        "namespaces.shop.customTags.team",
        /exactly one/,
    ],
    [
        "a tag without a value",
        tag({ literal: { value: "" } }),
        "namespaces.shop.customTags.team.literal.value",
        /not empty/,
    ],
    [
        "a tag with a blank in its name",
        shop({ customTags: { "a b": { literal: { value: "x" } } } }),
        "namespaces.shop.customTags.a b",
        /a tag name/,
    ],
    [
        "a provider that is not there",
        shop({ provider: "zipkin" }),
        "namespaces.shop.provider",
        /a provider that accepts spans/,
    ],
    [
        "injection that is true",
        shop({ injection: true }),
        "namespaces.shop.injection",
        /enabled, none, or the name of a revision/,
    ],
    ["Istio's own namespace", { namespaces: '{"istio-system":{}}' }, "namespaces.istio-system", /somebody else owns/],
    ["the demo's own namespace", { namespaces: '{"demo":{}}' }, "namespaces.demo", /somebody else owns/],
    ["mutual TLS in lower case", { "istio.mtlsMode": "strict" }, "istio.mtlsMode", /PERMISSIVE .* or STRICT/],
    ["mutual TLS switched off", { "istio.mtlsMode": "DISABLE" }, "istio.mtlsMode", /PERMISSIVE .* or STRICT/],
    ["no copy of istiod", { "istio.replicas": '{"min":0}' }, "istio.replicas.min", /1 to 50/],
    ["half a copy of istiod", { "istio.replicas": '{"max":1.5}' }, "istio.replicas.max", /1 to 50/],
    [
        "more copies than at most",
        { "istio.replicas": '{"min":3,"max":2}' },
        "istio.replicas.min",
        /at most istio\.replicas\.max, 2/,
    ],
    ["copies as a number", { "istio.replicas": "2" }, "istio.replicas", /an object with min and max/],
    ["neither demo nor no demo", { "demo.deploy": "no" }, "demo.deploy", /^true .* or false/],
];
