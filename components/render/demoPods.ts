import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { renderFrontendScript, type TraceContextOrigin } from "./frontendScript";
import { podInjectionLabels } from "../revision";
import { renderPodFields, renderServiceAccount } from "./podPolicy";
import { RESTRICTED_CONTAINER, restrictedPod } from "./security";
import type { WorkloadSpec } from "./workload";

/** The common inputs of both demo workloads. */
export interface DemoWorkloadSpec extends WorkloadSpec {
    /** Restarts the pods when the configuration that their sidecars read at startup changes. */
    sidecarHash: pulumi.Input<string>;
    /** True where the namespace does not ask for sidecars by a label of its own. */
    injectByLabel: boolean;
    /** Revision or tag that they ask for. @default the default revision */
    revision?: string | undefined;
    /** @default the namespace's account `default` */
    serviceAccountName?: pulumi.Input<string> | undefined;
}

/** Port on which `hashicorp/http-echo` listens. */
const BACKEND_PORT = 5678;
/** Users of the images `curlimages/curl` and `hashicorp/http-echo`. */
const CURL_USER = 100;
const ECHO_USER = 65532;

/** Deployment `frontend`: a loop of requests to the backend. It has no Service, because it listens on no port. */
export function renderFrontendDeployment(
    spec: DemoWorkloadSpec & {
        backendUrl: pulumi.Input<string>;
        ordersUrl?: pulumi.Input<string> | undefined;
        intervalSeconds: number;
        traceContext: TraceContextOrigin;
    },
): k8s.apps.v1.DeploymentArgs {
    const freshMinutes = Math.ceil((spec.intervalSeconds * 2 + 30) / 60);
    return renderDeployment("frontend", spec, CURL_USER, {
        command: ["sh", "-c"],
        args: [renderFrontendScript(spec.traceContext, spec.ordersUrl !== undefined)],
        env: [
            { name: "BACKEND_URL", value: spec.backendUrl },
            { name: "INTERVAL_SECONDS", value: String(spec.intervalSeconds) },
            ...(spec.ordersUrl === undefined ? [] : [{ name: "ORDERS_URL", value: spec.ordersUrl }]),
        ],
        // Ready after the first answered request, so that traffic flows when `up` ends.
        startupProbe: { exec: { command: ["test", "-f", "/tmp/ready"] }, periodSeconds: 1, failureThreshold: 120 },
        livenessProbe: {
            exec: { command: ["sh", "-c", `[ -n "$(find /tmp/alive -mmin -${String(freshMinutes)})" ]`] },
            periodSeconds: 30,
        },
        volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
    });
}

/** The Deployment of a backend: answers every request with a fixed text. */
export function renderBackendDeployment(
    spec: DemoWorkloadSpec & { text: string; serviceName: string },
): k8s.apps.v1.DeploymentArgs {
    const probe = { httpGet: { path: "/", port: "http" } };
    return renderDeployment(spec.serviceName, spec, ECHO_USER, {
        args: [`-listen=:${String(BACKEND_PORT)}`, `-text=${spec.text}`],
        ports: [{ name: "http", containerPort: BACKEND_PORT }],
        startupProbe: { ...probe, periodSeconds: 1, failureThreshold: 120 },
        readinessProbe: { ...probe, periodSeconds: 5 },
        livenessProbe: { ...probe, periodSeconds: 30 },
        // A pod that ends immediately loses the requests that are still on their way to it.
        lifecycle: { preStop: { sleep: { seconds: 5 } } },
    });
}

/** The Service of a backend. Its port is named, because Istio could otherwise treat the traffic as TCP and report no spans. */
export function renderBackendService(name: string, namespace: pulumi.Input<string>): k8s.core.v1.ServiceArgs {
    return {
        metadata: {
            name,
            namespace,
            labels: workloadLabels(name),
            annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: {
            selector: { app: name },
            ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP", appProtocol: "http" }],
        },
    };
}

/** Service account of a demo workload whose policy annotates it. */
export function renderDemoAccount(
    name: string,
    { namespace, pods }: Pick<DemoWorkloadSpec, "namespace" | "pods">,
): k8s.core.v1.ServiceAccountArgs | undefined {
    return renderServiceAccount(name, namespace, workloadLabels(name), pods);
}

function renderDeployment(
    name: string,
    spec: DemoWorkloadSpec,
    user: number,
    container: Partial<k8s.types.input.core.v1.Container>,
): k8s.apps.v1.DeploymentArgs {
    const labels = { ...spec.pods.labels, ...workloadLabels(name) };
    return {
        metadata: { name, namespace: spec.namespace, labels },
        spec: {
            replicas: 1,
            selector: { matchLabels: { app: name } },
            strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
            template: {
                metadata: {
                    labels: { ...labels, ...(spec.injectByLabel && podInjectionLabels(spec.revision)) },
                    annotations: { ...spec.pods.annotations, "istio-tracing/sidecar-hash": spec.sidecarHash },
                },
                spec: {
                    ...renderPodFields(spec.pods, spec.serviceAccountName),
                    securityContext: restrictedPod(user, spec.platformUserIds),
                    automountServiceAccountToken: false,
                    enableServiceLinks: false,
                    terminationGracePeriodSeconds: 15,
                    containers: [
                        {
                            name,
                            image: spec.image,
                            imagePullPolicy: spec.imagePullPolicy,
                            resources: spec.resources,
                            securityContext: RESTRICTED_CONTAINER,
                            ...container,
                        },
                    ],
                    volumes: container.volumeMounts === undefined ? [] : [{ name: "tmp", emptyDir: {} }],
                },
            },
        },
    };
}

function workloadLabels(name: string): Record<string, string> {
    return { app: name, "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "istio-tracing-demo" };
}
