import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { INJECT_LABEL } from "../../shared/names/istio";
import { JAEGER_PORTS, RECEIVER_PORTS } from "../../shared/names/ports";
import { parseQuantity } from "../../shared/kubernetes/quantities";
import { TAKES_SCALE_BACK } from "../resources";
import { TIER_NAMES } from "../tier";
import { renderPodFields } from "./podPolicy";
import { RESTRICTED_CONTAINER, restrictedPod } from "./security";
import type { ConfiguredWorkloadSpec } from "./workload";

/** User of the Collector's images. */
const COLLECTOR_USER = 10001;
const CONFIG_FOLDER = "/etc/otelcol";
const CONFIG_FILE = "config.yaml";

/** Seconds in which senders learn that a pod ends, before it takes no more spans. */
export const DRAIN_SECONDS = 5;

/** Writes on every kept span which policy kept it. */
const RECORD_POLICY = "--feature-gates=processor.tailsamplingprocessor.recordpolicy";

/** Inputs of {@link renderRouter} and {@link renderSampler}. */
export interface TierWorkloadSpec extends ConfiguredWorkloadSpec {
    gracePeriodSeconds: number;
    serviceAccountName: pulumi.Input<string> | undefined;
}

/** Further inputs of {@link renderRouter}. */
export interface RouterSpec extends TierWorkloadSpec {
    /** With an autoscaler, the number to start with. */
    replicas: number;
    isAutoscaled: boolean;
    /** True if the pods ask the API server for the samplers. */
    asksApiServer: boolean;
}

/** Further inputs of {@link renderSampler}. */
export interface SamplerSpec extends TierWorkloadSpec {
    replicas: number;
    /** True if the samplers decide, and do not only pass spans on. */
    decides: boolean;
    headers: { variable: string; secretKey: string }[];
    /** Secret with the values of the headers. */
    headersSecret: pulumi.Input<string> | undefined;
    authorities: { configMap: string; name: string; folder: string }[];
}

/** Labels that select the pods of a tier's part. */
export function tierLabels(name: string): { app: string; "app.kubernetes.io/name": string } {
    return { app: name, "app.kubernetes.io/name": name };
}

/** Deployment of the routers. */
export function renderRouter(spec: RouterSpec): k8s.apps.v1.DeploymentArgs {
    const name = TIER_NAMES.router;
    return {
        metadata: {
            ...renderMetadata(name, spec),
            ...(!spec.isAutoscaled && { annotations: TAKES_SCALE_BACK }),
        },
        spec: {
            replicas: spec.replicas,
            strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
            selector: { matchLabels: { app: name } },
            template: renderTemplate(name, spec, {
                automountServiceAccountToken: spec.asksApiServer,
                containers: [renderContainer(name, spec)],
                volumes: [configVolume(spec)],
            }),
        },
    };
}

/** StatefulSet of the samplers. Only one at a time ends in an update, so only its traces move. */
export function renderSampler(spec: SamplerSpec): k8s.apps.v1.StatefulSetArgs {
    const name = TIER_NAMES.sampler;
    const container = renderContainer(name, spec);
    const env = spec.headers.map(({ variable, secretKey }) => ({
        name: variable,
        valueFrom: { secretKeyRef: { name: spec.headersSecret, key: secretKey } },
    }));
    const mounts = spec.authorities.map((one) => ({ name: one.name, mountPath: one.folder, readOnly: true }));
    return {
        metadata: renderMetadata(name, spec),
        spec: {
            serviceName: name,
            replicas: spec.replicas,
            podManagementPolicy: "Parallel",
            selector: { matchLabels: { app: name } },
            template: renderTemplate(name, spec, {
                automountServiceAccountToken: false,
                containers: [
                    {
                        ...container,
                        args: [...CONFIG_ARGS, ...(spec.decides ? [RECORD_POLICY] : [])],
                        env: [...memoryLimit(spec), ...env],
                        volumeMounts: [CONFIG_MOUNT, ...mounts],
                    },
                ],
                volumes: [
                    configVolume(spec),
                    ...spec.authorities.map((one) => ({ name: one.name, configMap: { name: one.configMap } })),
                ],
            }),
        },
    };
}

function renderMetadata(name: string, { namespace, pods }: TierWorkloadSpec): k8s.types.input.meta.v1.ObjectMeta {
    return { name, namespace, labels: { ...pods.labels, ...tierLabels(name) } };
}

function renderTemplate(
    name: string,
    spec: TierWorkloadSpec,
    pod: k8s.types.input.core.v1.PodSpec,
): k8s.types.input.core.v1.PodTemplateSpec {
    return {
        metadata: {
            // A tier with sidecars would trace its own intake, without end.
            labels: {
                ...{ ...spec.pods.labels, ...tierLabels(name) },
                ...{ [INJECT_LABEL]: "false", "istio.io/dataplane-mode": "none" },
            },
            annotations: { ...spec.pods.annotations, "istio-tracing/config-hash": spec.configHash },
        },
        spec: {
            ...renderPodFields(spec.pods, spec.serviceAccountName),
            securityContext: restrictedPod(COLLECTOR_USER, spec.platformUserIds),
            enableServiceLinks: false,
            terminationGracePeriodSeconds: spec.gracePeriodSeconds,
            topologySpreadConstraints: [
                {
                    ...{ maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" },
                    labelSelector: { matchLabels: { app: name } },
                },
            ],
            ...pod,
        },
    };
}

const CONFIG_ARGS = ["--config", `${CONFIG_FOLDER}/${CONFIG_FILE}`];
const CONFIG_MOUNT = { name: "config", mountPath: CONFIG_FOLDER, readOnly: true };

function configVolume({ configMapName }: TierWorkloadSpec): k8s.types.input.core.v1.Volume {
    return { name: "config", configMap: { name: configMapName } };
}

function renderContainer(name: string, spec: TierWorkloadSpec): k8s.types.input.core.v1.Container {
    return {
        name,
        image: spec.image,
        imagePullPolicy: spec.imagePullPolicy,
        args: CONFIG_ARGS,
        env: memoryLimit(spec),
        ports: [
            { name: "grpc-otlp", containerPort: RECEIVER_PORTS["otlp-grpc"] },
            { name: "http-otlp", containerPort: RECEIVER_PORTS["otlp-http"] },
            { name: "http-health", containerPort: JAEGER_PORTS.health },
            { name: "http-metrics", containerPort: JAEGER_PORTS.metrics },
        ],
        startupProbe: { ...healthProbe(), periodSeconds: 1, failureThreshold: 120 },
        readinessProbe: { ...healthProbe(), periodSeconds: 5 },
        livenessProbe: { ...healthProbe(), periodSeconds: 15 },
        // The image has no shell.
        lifecycle: { preStop: { sleep: { seconds: DRAIN_SECONDS } } },
        resources: spec.resources,
        securityContext: RESTRICTED_CONTAINER,
        volumeMounts: [CONFIG_MOUNT],
    };
}

/**
 * The part of the memory limit from which Go collects garbage as often as it must: below the 60 % from which the
 * memory_limiter refuses spans, because that counts garbage too.
 */
const GO_SHARE = 0.55;

/** Go collects garbage before the memory_limiter refuses spans, and that before the kernel ends the pod. */
function memoryLimit({ resources }: TierWorkloadSpec): { name: string; value: string }[] {
    const bytes = parseQuantity(resources.limits.memory ?? "");
    return bytes === undefined ? [] : [{ name: "GOMEMLIMIT", value: String(Math.floor(bytes * GO_SHARE)) }];
}

function healthProbe(): k8s.types.input.core.v1.Probe {
    return { httpGet: { path: "/", port: "http-health" } };
}
