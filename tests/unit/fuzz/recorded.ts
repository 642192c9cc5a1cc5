import { telemetryOf } from "../doctor/fakeMesh";

const HOST = "jaeger-collector.istio-system.svc.cluster.local";

function object(name: string, spec: object, namespace = "demo", labels = {}): object {
    return { metadata: { name, namespace, labels, creationTimestamp: "2026-01-01T00:00:00Z" }, spec };
}

/** Objects of each kind that the doctor reads, with every field of which it makes something. */
export const OBJECTS: Record<string, unknown[]> = {
    "/apis/discovery.k8s.io/v1/endpointslices": [
        {
            metadata: {
                name: "jaeger",
                namespace: "istio-system",
                labels: { "kubernetes.io/service-name": "jaeger-collector" },
            },
            ports: [{ name: "grpc-otlp", port: 4317 }],
            endpoints: [{ addresses: ["10.0.0.9"], conditions: { ready: true } }],
        },
    ],
    "/apis/telemetry.istio.io/v1/telemetries": [
        telemetryOf("mesh-default", {
            ...{ providers: [{ name: "jaeger" }], randomSamplingPercentage: 100, match: { mode: "CLIENT_AND_SERVER" } },
            ...{ disableSpanReporting: false, customTags: { a: { literal: { value: "b" } } } },
        }),
        telemetryOf("own", { useRequestIdForTraceSampling: true }, { namespace: "demo", app: "frontend" }),
        telemetryOf(
            "canary",
            { randomSamplingPercentage: 1 },
            { namespace: "demo", labels: { "istio.io/rev": "canary" } },
        ),
    ],
    "/apis/networking.istio.io/v1/serviceentries": [
        object("outside", {
            ...{ hosts: ["otel.example.com", HOST], exportTo: ["."], location: "MESH_EXTERNAL", resolution: "STATIC" },
            ports: [{ number: 4317, name: "grpc", protocol: "GRPC" }],
            endpoints: [{ address: "10.1.2.3" }],
        }),
    ],
    "/apis/networking.istio.io/v1/destinationrules": [
        object("collector", {
            ...{ host: HOST, exportTo: ["*"], workloadSelector: { matchLabels: { app: "frontend" } } },
            trafficPolicy: {
                tls: { mode: "ISTIO_MUTUAL" },
                portLevelSettings: [{ port: { number: 4317 }, tls: { mode: "ISTIO_MUTUAL" } }],
            },
        }),
    ],
    "/apis/networking.istio.io/v1/virtualservices": [
        object("backend", {
            ...{ hosts: ["backend"], gateways: ["mesh"] },
            http: [
                {
                    match: [{ uri: { prefix: "/" } }],
                    route: [{ destination: { host: "backend", port: { number: 80 } }, weight: 100 }],
                    fault: { abort: { httpStatus: 503, percentage: { value: 1 } } },
                },
                { directResponse: { status: 200 } },
            ],
        }),
    ],
    "/apis/networking.istio.io/v1/sidecars": [
        object("demo", {
            workloadSelector: { labels: { app: "frontend" } },
            egress: [{ hosts: ["./*", "istio-system/*"] }],
        }),
    ],
    "/apis/networking.istio.io/v1alpha3/envoyfilters": [
        object("tracing", {
            ...{ workloadSelector: { labels: { app: "frontend" } }, targetRefs: [] },
            configPatches: [
                {
                    applyTo: "NETWORK_FILTER",
                    match: { context: "SIDECAR_OUTBOUND", listener: { portNumber: 80 } },
                    patch: {
                        operation: "MERGE",
                        value: { typed_config: { tracing: { random_sampling: { value: 1 } } } },
                    },
                },
            ],
        }),
    ],
    "/apis/security.istio.io/v1/authorizationpolicies": [
        object("deny", {
            ...{ selector: { matchLabels: { app: "backend" } }, action: "DENY" },
            rules: [
                {
                    from: [{ source: { notPrincipals: ["cluster.local/ns/demo/sa/default"], namespaces: ["other"] } }],
                    to: [{ operation: { ports: ["8080"], methods: ["GET"], paths: ["/*"] } }],
                    when: [{ key: "request.headers[x]", values: ["y"] }],
                },
            ],
        }),
    ],
    "/apis/security.istio.io/v1/peerauthentications": [
        object(
            "default",
            { mtls: { mode: "STRICT" }, portLevelMtls: { 8080: { mode: "PERMISSIVE" } } },
            "istio-system",
        ),
    ],
    "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations": [
        { metadata: { name: "injector", labels: { "istio.io/rev": "default", "istio.io/tag": "stable" } } },
    ],
};
