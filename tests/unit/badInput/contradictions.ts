import type { BadConfiguration } from "./refusal";

const OWN = "jaeger-collector.istio-system.svc.cluster.local";
const OUTSIDE = { collectorAddress: "10.1.2.3:9411", "collector.protocol": "zipkin" };

/** Settings that are right by themselves and wrong together. */
export const CONTRADICTIONS: BadConfiguration[] = [
    [
        "a Service by its short name",
        { collectorAddress: "jaeger-collector:4317" },
        "collectorAddress",
        /NAME\.NAMESPACE\.svc/,
    ],
    [
        "a Service of another domain",
        { collectorAddress: "otel.obs.svc.other.local:4317" },
        "collectorAddress",
        /svc\.cluster\.local/,
    ],
    ["a port of another protocol", { collectorAddress: `${OWN}:9411` }, "collectorAddress", /port 4317/],
    [
        "a protocol of another port",
        { "collector.protocol": "otlp-http", collectorAddress: `${OWN}:4317` },
        "collectorAddress",
        /port 4318/,
    ],
    ["the port of the UI", { collectorAddress: `${OWN}:16686` }, "collectorAddress", /port 4317/],
    [
        "the own Jaeger, and none deployed",
        { "jaeger.deploy": "false" },
        "collectorAddress",
        /because jaeger\.deploy is false/,
    ],
    [
        "Istio elsewhere, and the collector not",
        { "istio.namespace": "mesh", collectorAddress: `${OWN}:4317` },
        "collectorAddress",
        /namespace mesh/,
    ],
    ["the demo beside istiod", { "demo.namespace": "istio-system" }, "demo.namespace", /other than istio\.namespace/],
    ["TLS to the own Jaeger", { "collector.tls": '{"ca":"public"}' }, "collector.tls", /without TLS/],
    [
        "a path with OTLP over gRPC",
        { collectorAddress: "10.1.2.3:4317", "collector.path": "/otlp/v1/traces" },
        "collector.path",
        /none with otlp-grpc/,
    ],
    [
        "a path of the own Jaeger, which has the usual ones",
        { "collector.protocol": "zipkin", "collector.path": "/team/api/v2/spans" },
        "collector.path",
        /none with the stack's own Jaeger/,
    ],
    [
        "headers that an older Istio leaves out",
        { ...OUTSIDE, "istio.version": "1.28.0", collectorHeaders: '{"x-key":"v"}' },
        "collectorHeaders",
        /none with zipkin before Istio 1\.29/,
    ],
    [
        "a request above its limit",
        { resources: '{"jaeger":{"requests":{"memory":"2Gi"},"limits":{"memory":"1Gi"}}}' },
        "resources.jaeger.requests.memory",
        /at most the limit, 1Gi/,
    ],
    [
        "a request above the default limit",
        { resources: '{"backend":{"requests":{"cpu":"1"}}}' },
        "resources.backend.requests.cpu",
        /at most the limit, 200m/,
    ],
];
