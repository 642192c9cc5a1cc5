import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { JAEGER_PORTS, RECEIVER_PORTS } from "../../shared/names/ports";
import type { BadgerStorage, JaegerStorage, StorageObjects } from "../storage";
import type { JaegerRole, RoleScale } from "../roles";
import { parseQuantity } from "../../shared/kubernetes/quantities";
import type { AccessRules } from "./accessRules";
import { renderMounts, renderVolumes, type KafkaObjects } from "./jaegerVolumes";
import type { JaegerMetrics } from "./spanMetrics";
import { renderPodFields } from "./podPolicy";
import { RESTRICTED_CONTAINER, restrictedPod } from "./security";
import { JAEGER_LABELS, jaegerName, jaegerSelector, renderSpread, scaleMetadata } from "./jaegerRoles";
import { INJECT_LABEL } from "../../shared/names/istio";
import { podInjectionLabels } from "../revision";
import type { ConfiguredWorkloadSpec } from "./workload";

/** User of the image `jaegertracing/jaeger`. */
const JAEGER_USER = 10001;
const METRICS_PORTS = [JAEGER_PORTS.metrics, JAEGER_PORTS.spanMetrics];
/** Name of the port with metrics from spans; a name has at most 15 characters. */
const SPAN_METRICS_PORT = "http-spans";
const CONFIG_FILE = "/etc/jaeger/config.yaml";

/** Inputs of {@link renderJaegerDeployment}. */
export interface JaegerWorkloadSpec extends ConfiguredWorkloadSpec {
    storage: JaegerStorage;
    storageObjects: StorageObjects;
    /** @default collectors store spans themselves */
    kafkaObjects?: KafkaObjects | undefined;
    /** @default no metrics from spans */
    metrics?: JaegerMetrics | undefined;
    /** True: a sidecar leaves the ports for spans alone. @default false */
    takesPlainSpans?: boolean;
    /** @default every pod of the cluster can send spans and query */
    access?: AccessRules;
    /** @default the namespace's account `default` */
    serviceAccountName?: pulumi.Input<string> | undefined;
    /** @default both roles in one pod */
    role?: { name: JaegerRole; scale: RoleScale } | undefined;
}

/** Deployment `jaeger` with one pod, or that of a role. */
export function renderJaegerDeployment(spec: JaegerWorkloadSpec): k8s.apps.v1.DeploymentArgs {
    const sidecarHash = spec.access?.sidecarHash;
    const { name, scale } = spec.role ?? {};
    const selector = jaegerSelector(name);
    const labels = { ...spec.pods.labels, ...JAEGER_LABELS, ...selector };
    return {
        metadata: { name: jaegerName(name), namespace: spec.namespace, labels, ...scaleMetadata(scale) },
        spec: {
            replicas: scale?.min ?? 1,
            strategy: renderStrategy(spec.storage),
            selector: { matchLabels: selector },
            template: {
                metadata: {
                    // A Jaeger with a sidecar from a namespace's label would trace its own requests without end.
                    labels: {
                        ...labels,
                        ...(sidecarHash === undefined
                            ? { [INJECT_LABEL]: "false" }
                            : podInjectionLabels(spec.access?.revision)),
                    },
                    annotations: {
                        ...spec.pods.annotations,
                        "istio-tracing/config-hash": spec.configHash,
                        ...(sidecarHash !== undefined && {
                            "istio-tracing/sidecar-hash": sidecarHash,
                            "traffic.sidecar.istio.io/includeOutboundIPRanges": "",
                            ...renderExcludedPorts(spec),
                        }),
                    },
                },
                spec: {
                    ...renderPodFields(spec.pods, spec.serviceAccountName),
                    // The ownership of files on a large volume is changed only if it is wrong.
                    securityContext: {
                        ...restrictedPod(JAEGER_USER, spec.platformUserIds),
                        fsGroupChangePolicy: "OnRootMismatch",
                    },
                    automountServiceAccountToken: false,
                    enableServiceLinks: false,
                    terminationGracePeriodSeconds: 30,
                    ...(name !== undefined && { topologySpreadConstraints: renderSpread(name) }),
                    containers: [renderContainer(spec)],
                    volumes: renderVolumes(spec),
                },
            },
        },
    };
}

/** Ports at which somebody outside of the mesh calls Jaeger: its Prometheus, and a Collector tier. */
function renderExcludedPorts({ metrics, takesPlainSpans }: JaegerWorkloadSpec): Record<string, string> {
    const ports = [
        ...(metrics ? METRICS_PORTS : []),
        ...(takesPlainSpans === true ? Object.values(RECEIVER_PORTS) : []),
    ];
    return ports.length === 0 ? {} : { "traffic.sidecar.istio.io/excludeInboundPorts": ports.join(",") };
}

/**
 * Claim of the volume for a Badger database. The program waits for the Deployment instead, which needs the bound claim.
 */
export function renderDataClaim(
    namespace: pulumi.Input<string>,
    { size, storageClass }: BadgerStorage,
): k8s.core.v1.PersistentVolumeClaimArgs {
    return {
        metadata: { namespace, labels: JAEGER_LABELS, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: size } },
            ...(storageClass !== undefined && { storageClassName: storageClass }),
        },
    };
}

/**
 * Service `jaeger-collector`, which receives spans. The gRPC port is marked, because Envoy would otherwise use
 * HTTP/1.1.
 */
export function renderCollectorService(namespace: pulumi.Input<string>, role?: JaegerRole): k8s.core.v1.ServiceArgs {
    return renderService("jaeger-collector", namespace, role, [
        { name: "grpc-otlp", port: RECEIVER_PORTS["otlp-grpc"], targetPort: "grpc-otlp", appProtocol: "grpc" },
        { name: "http-otlp", port: RECEIVER_PORTS["otlp-http"], targetPort: "http-otlp", appProtocol: "http" },
        { name: "http-zipkin", port: RECEIVER_PORTS.zipkin, targetPort: "http-zipkin", appProtocol: "http" },
    ]);
}

/** Service `jaeger-query`, which serves traces to people and programs. */
export function renderQueryService(namespace: pulumi.Input<string>, role?: JaegerRole): k8s.core.v1.ServiceArgs {
    return renderService("jaeger-query", namespace, role, [
        { name: "http-query", port: JAEGER_PORTS.queryHttp, targetPort: "http-query", appProtocol: "http" },
        { name: "grpc-query", port: JAEGER_PORTS.queryGrpc, targetPort: "grpc-query", appProtocol: "grpc" },
    ]);
}

function renderService(
    name: string,
    namespace: pulumi.Input<string>,
    role: JaegerRole | undefined,
    ports: { name: string; port: number; targetPort: string; appProtocol: string }[],
): k8s.core.v1.ServiceArgs {
    return {
        metadata: {
            name,
            namespace,
            labels: JAEGER_LABELS,
            // The program waits for the Deployment. To wait for endpoints as well costs ten seconds per Service.
            annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: { selector: jaegerSelector(role), ports: ports.map((port) => ({ ...port, protocol: "TCP" })) },
    };
}

/**
 * Only one pod can use a Badger database. Otherwise, the update has no gap, and the old pod keeps running if the new
 * one cannot start. Only with such an update, the provider waits until it ends.
 */
function renderStrategy(storage: JaegerStorage): k8s.types.input.apps.v1.DeploymentStrategy {
    if (storage.type === "badger") return { type: "Recreate" };
    return { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
}

function renderContainer(spec: JaegerWorkloadSpec): k8s.types.input.core.v1.Container {
    return {
        name: "jaeger",
        image: spec.image,
        imagePullPolicy: spec.imagePullPolicy,
        args: ["--config", CONFIG_FILE],
        env: renderMemoryLimit(spec.resources.limits.memory),
        ports: renderPorts(spec),
        // Until everybody knows that the pod is going, spans and queries still come. Nobody sends to ingesters.
        ...(isServed(spec.role?.name) && { lifecycle: { preStop: { sleep: { seconds: 5 } } } }),
        startupProbe: { ...healthProbe(), periodSeconds: 1, failureThreshold: 120 },
        readinessProbe: { ...healthProbe(), periodSeconds: 5 },
        livenessProbe: { ...healthProbe(), periodSeconds: 15 },
        resources: spec.resources,
        securityContext: RESTRICTED_CONTAINER,
        volumeMounts: renderMounts(spec),
    };
}

function isServed(role: JaegerRole | undefined): boolean {
    return role === "collector" || role === "query";
}

function renderPorts({ role, metrics }: JaegerWorkloadSpec): k8s.types.input.core.v1.ContainerPort[] {
    const spans = [
        { name: "grpc-otlp", containerPort: RECEIVER_PORTS["otlp-grpc"] },
        { name: "http-otlp", containerPort: RECEIVER_PORTS["otlp-http"] },
        { name: "http-zipkin", containerPort: RECEIVER_PORTS.zipkin },
    ];
    const queries = [
        { name: "http-query", containerPort: JAEGER_PORTS.queryHttp },
        { name: "grpc-query", containerPort: JAEGER_PORTS.queryGrpc },
    ];
    const takes = (name: JaegerRole): boolean => role === undefined || role.name === name;
    const makesMetrics = metrics !== undefined && takes("collector");
    return [
        ...(takes("collector") ? spans : []),
        ...(takes("query") ? queries : []),
        { name: "http-health", containerPort: JAEGER_PORTS.health },
        { name: "http-metrics", containerPort: JAEGER_PORTS.metrics },
        ...(makesMetrics ? [{ name: SPAN_METRICS_PORT, containerPort: JAEGER_PORTS.spanMetrics }] : []),
    ];
}

/**
 * Go collects garbage before the container reaches its limit and is killed. 80 percent, as in the OpenTelemetry
 * Collector's chart: https://github.com/open-telemetry/opentelemetry-helm-charts
 */
function renderMemoryLimit(limit: string | undefined): { name: string; value: string }[] {
    const bytes = parseQuantity(limit ?? "");
    return bytes === undefined ? [] : [{ name: "GOMEMLIMIT", value: String(Math.floor(bytes * 0.8)) }];
}

function healthProbe(): k8s.types.input.core.v1.Probe {
    return { httpGet: { path: "/status", port: "http-health" } };
}
