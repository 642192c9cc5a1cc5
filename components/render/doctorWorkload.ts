import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { DOCTOR_PORTS, JAEGER_PORTS } from "../../shared/names/ports";
import { DOCTOR_NAME, DOCTOR_SERVER_NAME } from "../doctorName";
import { podInjectionLabels } from "../revision";
import { renderPodFields } from "./podPolicy";
import { RESTRICTED_CONTAINER, restrictedPod } from "./security";
import type { WorkloadSpec } from "./workload";

/** Key of the Secret with the login for Jaeger. */
export const LOGIN_KEY = "login";

/** User of the image that `doctor/Dockerfile` builds. */
const USER = 1000;

/** Ports of API servers. Questions bypass the sidecar, so that the doctor sees a mesh whose sidecars fail. */
const API_SERVER_PORTS = [443, 6443];

/** The common inputs of the doctor's two workloads. */
export interface DoctorWorkloadSpec extends WorkloadSpec {
    /** Account of both: the rights are for the doctor alone, which alone gets a token. */
    serviceAccountName: pulumi.Input<string>;
    /** Restarts the pods when the configuration that their sidecars read at startup changes. */
    sidecarHash: pulumi.Input<string>;
    /** True where the namespace does not ask for sidecars by a label of its own. */
    injectByLabel: boolean;
    /** Revision or tag that they ask for. @default the default revision */
    revision?: string | undefined;
}

/** Deployment of the doctor itself. Two of them would count everything twice, so it is replaced, never scaled. */
export function renderDoctorDeployment(
    spec: DoctorWorkloadSpec & {
        intervalSeconds: number;
        holdSeconds: number;
        meshOnly: boolean;
        loginSecret?: pulumi.Input<string> | undefined;
    },
): k8s.apps.v1.DeploymentArgs {
    const { intervalSeconds, holdSeconds, loginSecret, meshOnly } = spec;
    const asked = [...API_SERVER_PORTS, JAEGER_PORTS.metrics, DOCTOR_PORTS.relay];
    const field = (fieldPath: string): object => ({ valueFrom: { fieldRef: { fieldPath } } });
    const port = DOCTOR_PORTS.metrics;
    return renderDeployment(DOCTOR_NAME, spec, {
        ports: { in: [port], out: meshOnly ? asked : [...asked, JAEGER_PORTS.queryHttp] },
        hasToken: true,
        container: {
            args: ["watch"],
            env: [
                { name: "POD_NAME", ...field("metadata.name") },
                { name: "POD_NAMESPACE", ...field("metadata.namespace") },
                { name: "PROBE_URL", value: `http://${DOCTOR_SERVER_NAME}` },
                { name: "INTERVAL_SECONDS", value: String(intervalSeconds) },
                { name: "HOLD_SECONDS", value: String(holdSeconds) },
                ...(loginSecret === undefined
                    ? []
                    : [
                          {
                              name: "JAEGER_LOGIN",
                              valueFrom: { secretKeyRef: { name: loginSecret, key: LOGIN_KEY } },
                          },
                      ]),
            ],
            ports: [{ name: "http-metrics", containerPort: port }],
            startupProbe: { ...probe("/readyz", port), periodSeconds: 1, failureThreshold: 120 },
            readinessProbe: { ...probe("/readyz", port), periodSeconds: 5 },
            livenessProbe: { ...probe("/healthz", port), periodSeconds: 30 },
        },
    });
}

/** Deployment of the doctor's server. */
export function renderDoctorServerDeployment(spec: DoctorWorkloadSpec): k8s.apps.v1.DeploymentArgs {
    const port = DOCTOR_PORTS.answer;
    return renderDeployment(DOCTOR_SERVER_NAME, spec, {
        ports: { in: [DOCTOR_PORTS.relay], out: [] },
        hasToken: false,
        container: {
            args: ["answer"],
            ports: [
                { name: "http", containerPort: port },
                { name: "http-relay", containerPort: DOCTOR_PORTS.relay },
            ],
            startupProbe: { ...probe("/", port), periodSeconds: 1, failureThreshold: 120 },
            readinessProbe: { ...probe("/", port), periodSeconds: 5 },
            livenessProbe: { ...probe("/", port), periodSeconds: 30 },
        },
    });
}

/** Service of the doctor's server. */
export function renderDoctorServerService(namespace: pulumi.Input<string>): k8s.core.v1.ServiceArgs {
    return renderService(DOCTOR_SERVER_NAME, namespace, {}, { name: "http", port: 80, targetPort: "http" });
}

/**
 * Service of the doctor's metrics.
 *
 * @param annotated true for a Prometheus that finds what it scrapes by annotations.
 */
export function renderDoctorMetricsService(
    namespace: pulumi.Input<string>,
    annotated: boolean,
): k8s.core.v1.ServiceArgs {
    const port = DOCTOR_PORTS.metrics;
    const annotations: Record<string, string> = annotated
        ? { "prometheus.io/scrape": "true", "prometheus.io/port": String(port) }
        : {};
    return renderService(DOCTOR_NAME, namespace, annotations, { name: "http-metrics", port, targetPort: port });
}

/** Labels of one of the doctor's workloads. */
export function doctorLabels(name: string): Record<string, string> {
    return { app: name, "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "istio-tracing-doctor" };
}

function renderService(
    name: string,
    namespace: pulumi.Input<string>,
    annotations: Record<string, string>,
    port: { name: string; port: number; targetPort: number | string },
): k8s.core.v1.ServiceArgs {
    return {
        metadata: {
            ...{ name, namespace, labels: doctorLabels(name) },
            // The program waits for the Deployments. To wait for endpoints as well costs ten seconds per Service.
            annotations: { "pulumi.com/skipAwait": "true", ...annotations },
        },
        spec: { selector: { app: name }, ports: [{ ...port, protocol: "TCP", appProtocol: "http" }] },
    };
}

function probe(path: string, port: number): k8s.types.input.core.v1.Probe {
    return { httpGet: { path, port } };
}

function renderDeployment(
    name: string,
    spec: DoctorWorkloadSpec,
    parts: {
        /** Ports that bypass the sidecar. */
        ports: { in: number[]; out: number[] };
        hasToken: boolean;
        container: Partial<k8s.types.input.core.v1.Container>;
    },
): k8s.apps.v1.DeploymentArgs {
    const labels = { ...spec.pods.labels, ...doctorLabels(name) };
    const { in: inbound, out } = parts.ports;
    return {
        metadata: { name, namespace: spec.namespace, labels },
        spec: {
            replicas: 1,
            selector: { matchLabels: { app: name } },
            strategy: { type: "Recreate" },
            template: {
                metadata: {
                    labels: { ...labels, ...(spec.injectByLabel && podInjectionLabels(spec.revision)) },
                    annotations: {
                        ...spec.pods.annotations,
                        "istio-tracing/sidecar-hash": spec.sidecarHash,
                        "traffic.sidecar.istio.io/excludeInboundPorts": inbound.join(","),
                        ...(out.length > 0 && { "traffic.sidecar.istio.io/excludeOutboundPorts": out.join(",") }),
                    },
                },
                spec: {
                    ...renderPodFields(spec.pods, spec.serviceAccountName),
                    automountServiceAccountToken: parts.hasToken,
                    securityContext: restrictedPod(USER, spec.platformUserIds),
                    enableServiceLinks: false,
                    terminationGracePeriodSeconds: 15,
                    containers: [
                        {
                            name: "doctor",
                            image: spec.image,
                            imagePullPolicy: spec.imagePullPolicy,
                            resources: spec.resources,
                            securityContext: RESTRICTED_CONTAINER,
                            ...parts.container,
                        },
                    ],
                },
            },
        },
    };
}
