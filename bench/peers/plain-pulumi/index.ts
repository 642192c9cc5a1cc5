// A literal translation of a tutorial about Istio and Jaeger into Pulumi: one resource for each step, with Istio's
// legacy Zipkin tracer, the tutorial's access log format, and only Pulumi's built-in readiness checks. Only the
// settings `charts` and `labValues` are for the lab.
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const charts = config.require("charts");
const labValues = config.getObject<Record<string, unknown>>("labValues") ?? {};

const system = new k8s.core.v1.Namespace("istio-system", { metadata: { name: "istio-system" } });

const base = new k8s.helm.v3.Release("istio-base", {
    name: "istio-base",
    chart: `${charts}/base`,
    namespace: system.metadata.name,
});

const istiod = new k8s.helm.v3.Release(
    "istiod",
    {
        name: "istiod",
        chart: `${charts}/istiod`,
        namespace: system.metadata.name,
        values: {
            ...labValues,
            meshConfig: {
                enableTracing: true,
                defaultConfig: {
                    tracing: {
                        sampling: 100,
                        zipkin: { address: "jaeger-collector.istio-system.svc.cluster.local:9411" },
                    },
                },
                accessLogFile: "/dev/stdout",
                accessLogEncoding: "TEXT",
                accessLogFormat:
                    '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% ' +
                    "traceID=%REQ(X-B3-TRACEID)% spanID=%REQ(X-B3-SPANID)% service=%DOWNSTREAM_LOCAL_ADDRESS%\n",
            },
        },
    },
    { dependsOn: base },
);

new k8s.apps.v1.Deployment("jaeger", {
    metadata: { name: "jaeger", namespace: system.metadata.name },
    spec: {
        selector: { matchLabels: { app: "jaeger" } },
        template: {
            metadata: { labels: { app: "jaeger" } },
            spec: { containers: [{ name: "jaeger", image: "docker.io/jaegertracing/jaeger:2.13.0" }] },
        },
    },
});

new k8s.core.v1.Service("jaeger-collector", {
    metadata: { name: "jaeger-collector", namespace: system.metadata.name },
    spec: {
        selector: { app: "jaeger" },
        ports: [
            { name: "http-zipkin", port: 9411 },
            { name: "http-query", port: 16686 },
        ],
    },
});

const demo = new k8s.core.v1.Namespace("demo", {
    metadata: { name: "demo", labels: { "istio-injection": "enabled" } },
});

new k8s.apps.v1.Deployment(
    "backend",
    {
        metadata: { name: "backend", namespace: demo.metadata.name },
        spec: {
            selector: { matchLabels: { app: "backend" } },
            template: {
                metadata: { labels: { app: "backend" } },
                spec: {
                    containers: [
                        {
                            name: "backend",
                            image: "docker.io/hashicorp/http-echo:1.0.0",
                            args: ["-text=hello from the backend"],
                            ports: [{ containerPort: 5678 }],
                        },
                    ],
                },
            },
        },
    },
    { dependsOn: istiod },
);

new k8s.core.v1.Service("backend", {
    metadata: { name: "backend", namespace: demo.metadata.name },
    spec: { selector: { app: "backend" }, ports: [{ name: "http", port: 80, targetPort: 5678 }] },
});

const loop = `
while true; do
  TRACE_ID=$(od -vAn -N8 -tx1 /dev/urandom | tr -d ' \\n')
  PARENT_SPAN=$(od -vAn -N8 -tx1 /dev/urandom | tr -d ' \\n')
  curl -s http://backend \\
    -H "x-b3-traceid: $TRACE_ID" \\
    -H "x-b3-spanid: $PARENT_SPAN" \\
    -H "x-b3-sampled: 1"
  sleep 5
done`;

new k8s.apps.v1.Deployment(
    "frontend",
    {
        metadata: { name: "frontend", namespace: demo.metadata.name },
        spec: {
            replicas: 1,
            selector: { matchLabels: { app: "frontend" } },
            template: {
                metadata: { labels: { app: "frontend" } },
                spec: {
                    containers: [
                        {
                            name: "frontend",
                            image: "docker.io/curlimages/curl:8.16.0",
                            command: ["sh", "-c"],
                            args: [loop],
                            ports: [{ containerPort: 80 }],
                        },
                    ],
                },
            },
        },
    },
    { dependsOn: istiod },
);

new k8s.core.v1.Service("frontend", {
    metadata: { name: "frontend", namespace: demo.metadata.name },
    spec: { selector: { app: "frontend" }, ports: [{ name: "http", port: 80, targetPort: 80 }] },
});
