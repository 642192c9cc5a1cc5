import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { INJECT_LABEL } from "../../shared/names/istio";
import { PROMETHEUS_PORT } from "../../shared/names/ports";
import { PROMETHEUS_NAME } from "../metrics";
import { CONFIG_FILE } from "./prometheusConfig";
import { renderPodFields } from "./podPolicy";
import { RESTRICTED_CONTAINER, restrictedPod } from "./security";
import type { ConfiguredWorkloadSpec } from "./workload";

/** Labels that select the pods of the program's own Prometheus. */
export const PROMETHEUS_LABELS = { app: PROMETHEUS_NAME, "app.kubernetes.io/name": PROMETHEUS_NAME };

/** User of the image `prom/prometheus`. */
const PROMETHEUS_USER = 65534;
const CONFIG_FOLDER = "/etc/prometheus";
const DATA_FOLDER = "/prometheus";

/** Inputs of {@link renderPrometheusDeployment}. */
export interface PrometheusWorkloadSpec extends ConfiguredWorkloadSpec {
    serviceAccountName: pulumi.Input<string>;
}

/** Deployment of Prometheus: one pod, whose metrics are lost with it. */
export function renderPrometheusDeployment(spec: PrometheusWorkloadSpec): k8s.apps.v1.DeploymentArgs {
    const labels = { ...spec.pods.labels, ...PROMETHEUS_LABELS };
    return {
        metadata: { name: PROMETHEUS_NAME, namespace: spec.namespace, labels },
        spec: {
            replicas: 1,
            selector: { matchLabels: { app: PROMETHEUS_NAME } },
            template: {
                metadata: {
                    // Sidecars and Jaeger let metrics be read without mutual TLS.
                    labels: { ...labels, [INJECT_LABEL]: "false" },
                    annotations: { ...spec.pods.annotations, "istio-tracing/config-hash": spec.configHash },
                },
                spec: {
                    ...renderPodFields(spec.pods, spec.serviceAccountName),
                    securityContext: restrictedPod(PROMETHEUS_USER, spec.platformUserIds),
                    // Prometheus asks the API server for the pods that it scrapes.
                    automountServiceAccountToken: true,
                    enableServiceLinks: false,
                    containers: [renderContainer(spec)],
                    volumes: [
                        { name: "config", configMap: { name: spec.configMapName } },
                        { name: "data", emptyDir: { sizeLimit: "2Gi" } },
                    ],
                },
            },
        },
    };
}

function renderContainer(spec: PrometheusWorkloadSpec): k8s.types.input.core.v1.Container {
    return {
        name: "prometheus",
        image: spec.image,
        imagePullPolicy: spec.imagePullPolicy,
        args: [
            `--config.file=${CONFIG_FOLDER}/${CONFIG_FILE}`,
            `--storage.tsdb.path=${DATA_FOLDER}`,
            "--storage.tsdb.retention.time=1d",
            // Below the size of its volume, at which the kubelet would evict the pod.
            "--storage.tsdb.retention.size=1500MB",
            "--enable-feature=exemplar-storage",
        ],
        ports: [{ name: "http", containerPort: PROMETHEUS_PORT }],
        startupProbe: { ...probe("/-/ready"), periodSeconds: 1, failureThreshold: 120 },
        readinessProbe: { ...probe("/-/ready"), periodSeconds: 5 },
        livenessProbe: { ...probe("/-/healthy"), periodSeconds: 15 },
        resources: spec.resources,
        securityContext: RESTRICTED_CONTAINER,
        volumeMounts: [
            { name: "config", mountPath: CONFIG_FOLDER, readOnly: true },
            { name: "data", mountPath: DATA_FOLDER },
        ],
    };
}

function probe(path: string): k8s.types.input.core.v1.Probe {
    return { httpGet: { path, port: "http" } };
}

/** Service of Prometheus. */
export function renderPrometheusService(namespace: pulumi.Input<string>): k8s.core.v1.ServiceArgs {
    return {
        metadata: {
            ...{ name: PROMETHEUS_NAME, namespace, labels: PROMETHEUS_LABELS },
            // The program waits for the Deployment. To wait for endpoints as well costs ten seconds per Service.
            annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: {
            selector: { app: PROMETHEUS_NAME },
            ports: [{ name: "http", port: PROMETHEUS_PORT, targetPort: "http", appProtocol: "http", protocol: "TCP" }],
        },
    };
}

/** Rights of Prometheus: it finds the pods that it scrapes, in every namespace. */
export const PROMETHEUS_RULES = [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }];
