import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { RECEIVER_PORTS } from "../collector";
import type { ResourceRequirements } from "../resources";
import { JAEGER_PORTS } from "./jaegerConfig";
import { RESTRICTED_CONTAINER, restrictedPod } from "./security";

/** Labels that select Jaeger's pods. */
export const JAEGER_LABELS = { app: "jaeger", "app.kubernetes.io/name": "jaeger" };

/** User of the image `jaegertracing/jaeger`. */
const JAEGER_USER = 10001;
const CONFIG_FILE = "/etc/jaeger/config.yaml";

/** Inputs of {@link renderJaegerDeployment}. */
export interface JaegerWorkloadSpec {
    namespace: pulumi.Input<string>;
    image: string;
    imagePullPolicy: string;
    resources: ResourceRequirements;
    configMapName: pulumi.Input<string>;
    configHash: string;
}

/** Deployment `jaeger`: one pod, replaced and not rolled, since two in-memory stores would split the traces. */
export function renderJaegerDeployment(spec: JaegerWorkloadSpec): k8s.apps.v1.DeploymentArgs {
    return {
        metadata: { name: "jaeger", namespace: spec.namespace, labels: JAEGER_LABELS },
        spec: {
            replicas: 1,
            strategy: { type: "Recreate" },
            selector: { matchLabels: { app: "jaeger" } },
            template: {
                metadata: {
                    // An injected Jaeger would trace its own intake without end.
                    labels: { ...JAEGER_LABELS, "sidecar.istio.io/inject": "false" },
                    annotations: { "istio-tracing/config-hash": spec.configHash },
                },
                spec: {
                    securityContext: restrictedPod(JAEGER_USER),
                    automountServiceAccountToken: false,
                    enableServiceLinks: false,
                    terminationGracePeriodSeconds: 10,
                    containers: [renderContainer(spec)],
                    volumes: [{ name: "config", configMap: { name: spec.configMapName } }],
                },
            },
        },
    };
}

/** Service `jaeger-collector`: where spans are sent. The gRPC port is marked, or Envoy would speak HTTP/1.1 to it. */
export function renderCollectorService(namespace: pulumi.Input<string>): k8s.core.v1.ServiceArgs {
    return renderService("jaeger-collector", namespace, [
        { name: "grpc-otlp", port: RECEIVER_PORTS["otlp-grpc"], targetPort: "grpc-otlp", appProtocol: "grpc" },
        { name: "http-otlp", port: RECEIVER_PORTS["otlp-http"], targetPort: "http-otlp", appProtocol: "http" },
        { name: "http-zipkin", port: RECEIVER_PORTS.zipkin, targetPort: "http-zipkin", appProtocol: "http" },
    ]);
}

/** Service `jaeger-query`: where traces are read, by people and by programs. */
export function renderQueryService(namespace: pulumi.Input<string>): k8s.core.v1.ServiceArgs {
    return renderService("jaeger-query", namespace, [
        { name: "http-query", port: JAEGER_PORTS.queryHttp, targetPort: "http-query", appProtocol: "http" },
        { name: "grpc-query", port: JAEGER_PORTS.queryGrpc, targetPort: "grpc-query", appProtocol: "grpc" },
    ]);
}

function renderService(
    name: string,
    namespace: pulumi.Input<string>,
    ports: { name: string; port: number; targetPort: string; appProtocol: string }[],
): k8s.core.v1.ServiceArgs {
    return {
        metadata: {
            name,
            namespace,
            labels: JAEGER_LABELS,
            // The Deployment is what is waited for; waiting for endpoints as well costs ten seconds a Service.
            annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: { selector: { app: "jaeger" }, ports: ports.map((port) => ({ ...port, protocol: "TCP" })) },
    };
}

function renderContainer(spec: JaegerWorkloadSpec): k8s.types.input.core.v1.Container {
    return {
        name: "jaeger",
        image: spec.image,
        imagePullPolicy: spec.imagePullPolicy,
        args: ["--config", CONFIG_FILE],
        ports: [
            { name: "grpc-otlp", containerPort: RECEIVER_PORTS["otlp-grpc"] },
            { name: "http-otlp", containerPort: RECEIVER_PORTS["otlp-http"] },
            { name: "http-zipkin", containerPort: RECEIVER_PORTS.zipkin },
            { name: "http-query", containerPort: JAEGER_PORTS.queryHttp },
            { name: "grpc-query", containerPort: JAEGER_PORTS.queryGrpc },
            { name: "http-health", containerPort: JAEGER_PORTS.health },
            { name: "http-metrics", containerPort: JAEGER_PORTS.metrics },
        ],
        startupProbe: { ...healthProbe(), periodSeconds: 1, failureThreshold: 120 },
        readinessProbe: { ...healthProbe(), periodSeconds: 5 },
        livenessProbe: { ...healthProbe(), periodSeconds: 15 },
        resources: spec.resources,
        securityContext: RESTRICTED_CONTAINER,
        volumeMounts: [{ name: "config", mountPath: "/etc/jaeger", readOnly: true }],
    };
}

function healthProbe(): k8s.types.input.core.v1.Probe {
    return { httpGet: { path: "/status", port: "http-health" } };
}
