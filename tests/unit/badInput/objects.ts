import type { BadConfiguration } from "./refusal";

const OUTSIDE = { collectorAddress: "10.1.2.3:4317" };
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
const headers = (value: object): Record<string, string> => ({ ...OUTSIDE, collectorHeaders: JSON.stringify(value) });
const sized = (container: string, value: object): Record<string, string> => ({
    resources: JSON.stringify({ [container]: value }),
});
const chart = (value: object): Record<string, string> => ({ "istio.values": JSON.stringify(value) });
const many = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`x-${String(index)}`, "v"]));

/** Settings that are objects: wrong nested types, unknown keys, what JSON allows and nobody means. */
export const BAD_OBJECTS: BadConfiguration[] = [
    ["a list for an object", { images: "[]" }, "images", /an object with jaeger/],
    ["nothing for an object", { images: "null" }, "images", /an object with jaeger/],
    ["broken JSON", { images: "{" }, "images", /as valid JSON/],
    ["objects without end", { images: nested(50_000) }, "images", /at most 32 levels/],
    ["a misspelt image", { images: '{"jeager":"x:1"}' }, "images.jeager", /an object with jaeger/],
    ["a number for an image", { images: '{"jaeger":5}' }, "images.jaeger", /as text/],
    ["an image without tag and digest", { images: '{"jaeger":"cr.io/jaeger"}' }, "images.jaeger", /a tag or a digest/],
    ["an image with two tags", { images: '{"jaeger":"jaeger:1:2"}' }, "images.jaeger", /a tag or a digest/],
    ["a digest cut short", { images: '{"backend":"echo@sha256:00"}' }, "images.backend", /a digest/],
    ["the prototype as an image", { images: '{"__proto__":{"jaeger":"x:1"}}' }, "images.__proto__", /any other name/],
    [
        "memory in thousandths of a byte",
        sized("jaeger", { limits: { memory: "512m" } }),
        "resources.jaeger.limits.memory",
        /1Mi to 16Ti/,
    ],
    [
        "memory beyond any machine",
        sized("jaeger", { limits: { memory: "9P" } }),
        "resources.jaeger.limits.memory",
        /1Mi to 16Ti/,
    ],
    ["memory as a number", sized("jaeger", { limits: { memory: 1024 } }), "resources.jaeger.limits.memory", /as text/],
    ["processors in bytes", sized("proxy", { limits: { cpu: "1Gi" } }), "resources.proxy.limits.cpu", /1m to 1000/],
    ["no processor at all", sized("proxy", { requests: { cpu: "0" } }), "resources.proxy.requests.cpu", /1m to 1000/],
    ["limit for limits", sized("istiod", { limit: {} }), "resources.istiod.limit", /requests and limits/],
    ["a container that is none", sized("envoy", {}), "resources.envoy", /istiod, proxy, cni, jaeger/],
    ["a size that is a word", { resources: '{"proxy":"small"}' }, "resources.proxy", /an object with istiod, proxy/],
    [
        "a prototype two levels down",
        { resources: '{"proxy":{"__proto__":{}}}' },
        "resources.proxy.__proto__",
        /any other name/,
    ],
    ["a header with a blank", headers({ "a b": "x" }), "collectorHeaders.a b", /a header name/],
    ["a header of the transport", headers({ Host: "x" }), "collectorHeaders.Host", /other than host/],
    ["a header of gRPC", headers({ "grpc-timeout": "1S" }), "collectorHeaders.grpc-timeout", /grpc-/],
    ["a header with a line break", headers({ "x-key": "a\nb" }), "collectorHeaders.x-key", /printable ASCII/],
    ["a header that is a number", headers({ "x-key": 5 }), "collectorHeaders.x-key", /as text/],
    ["a header twice", headers({ "x-key": "a", "X-Key": "b" }), "collectorHeaders.x-key", /each header once/],
    ["65 headers", headers(many), "collectorHeaders", /at most 64 headers/],
    ["a header of a megabyte", headers({ "x-key": "k".repeat(1_000_000) }), "collectorHeaders", /500000 characters/],
    [
        "a certificate authority that is a word",
        { ...OUTSIDE, "collector.tls": '{"ca":"publik"}' },
        "collector.tls.ca",
        /^public, or/,
    ],
    [
        "a private key for a certificate",
        { ...OUTSIDE, "collector.tls": '{"ca":"-----BEGIN PRIVATE KEY-----"}' },
        "collector.tls.ca",
        /certificates as PEM text/,
    ],
    [
        "a ConfigMap with too long a name",
        { ...OUTSIDE, "collector.tls": `{"ca":"configmap:${"a.".repeat(127)}a"}` },
        "collector.tls.ca",
        /configmap:NAME/,
    ],
    [
        "a server name without authority",
        { ...OUTSIDE, "collector.tls": '{"serverName":"otel.example.com"}' },
        "collector.tls.ca",
        /^public, or/,
    ],
    [
        "TLS that does not look",
        { ...OUTSIDE, "collector.tls": '{"ca":"public","insecure":true}' },
        "collector.tls.insecure",
        /ca and, if needed, serverName/,
    ],
    ["chart values as a list", { "istio.values": "[1]" }, "istio.values", /an object of additional values/],
    ["chart values without end", { "istio.values": nested(33) }, "istio", /at most 32 levels/],
    [
        "a chart value that the chart copies over those of the settings",
        chart({ pilot: { env: { A: "b" } } }),
        "istio.values.pilot",
        /no such value/,
    ],
    ["a path for a chart value", chart({ "global.hub": "elsewhere" }), "istio.values.global.hub", /no such value/],
    ["a chart value without name", chart({ "": 1 }), "istio.values.", /no such value/],
    [
        "another hub by chart values",
        chart({ global: { hub: "elsewhere" } }),
        "istio.values.global.hub",
        /the program decides/,
    ],
    ["sampling by chart values", chart({ traceSampling: 5 }), "istio.values.traceSampling", /no such value/],
    [
        "tracing switched off by chart values",
        chart({ meshConfig: { enableTracing: false } }),
        "istio.values.meshConfig.enableTracing",
        /true/,
    ],
    [
        "variables from elsewhere as an object",
        chart({ envVarFrom: {} }),
        "istio.values.envVarFrom",
        /a list of variables/,
    ],
    ["environment variables as a list", chart({ env: [] }), "istio.values.env", /an object of names/],
    [
        "providers as an object",
        chart({ meshConfig: { extensionProviders: {} } }),
        "istio.values.meshConfig.extensionProviders",
        /a list of providers/,
    ],
    [
        "two providers of one name",
        chart({ meshConfig: { extensionProviders: [1, 2].map(() => ({ name: "a", prometheus: {} })) } }),
        "istio.values.meshConfig.extensionProviders[1].name",
        /other than that/,
    ],
    [
        "a prototype in chart values",
        { "istio.values": '{"meshConfig":{"__proto__":{"enableTracing":false}}}' },
        "istio.values.meshConfig.__proto__",
        /any other name/,
    ],
];
