import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { RECEIVER_PORTS } from "../collector";
import type { BasicCredential } from "../ui";
import { JAEGER_PORTS } from "./jaegerConfig";
import { deepMerge, type PlainObject } from "./objects";

/** Where Jaeger finds the names and passwords of basic authentication. */
export const USERS_FOLDER = "/etc/jaeger-users";
export const USERS_FILE = "htpasswd";

/** A service account of the mesh. */
export interface MeshIdentity {
    namespace: string;
    serviceAccount: string;
}

/**
 * Jaeger's configuration with its query side below a path and behind basic authentication, over HTTP and gRPC alike.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/extension/basicauthextension
 */
export function withQueryAccess(config: PlainObject, pathPrefix: string, basicAuth: boolean): PlainObject {
    const based = deepMerge(config, {
        extensions: { jaeger_query: pathPrefix === "" ? {} : { base_path: pathPrefix } },
    });
    if (!basicAuth) return based;
    const authenticator = "basicauth/ui";
    const { extensions } = based["service"] as { extensions: string[] };
    const auth = { auth: { authenticator } };
    return deepMerge(based, {
        service: { extensions: [authenticator, ...extensions] },
        extensions: {
            [authenticator]: { htpasswd: { file: `${USERS_FOLDER}/${USERS_FILE}` } },
            jaeger_query: { http: auth, grpc: auth },
        },
    });
}

/** The line of an htpasswd file; a password that is no hash stands there as text. */
export function renderUsersFile({ username, password }: BasicCredential): string {
    return `${username}:${password}\n`;
}

/** Jaeger's Deployment with the users' file mounted from a Secret. */
export function withUsers(
    deployment: k8s.apps.v1.DeploymentArgs,
    secretName: pulumi.Input<string>,
): k8s.apps.v1.DeploymentArgs {
    return changePod(deployment, ({ spec, ...template }) => ({
        ...template,
        spec: {
            ...spec,
            containers: spec.containers.map((container) => ({
                ...container,
                volumeMounts: [
                    ...(container.volumeMounts ?? []),
                    { name: "users", mountPath: USERS_FOLDER, readOnly: true },
                ],
            })),
            volumes: [...(spec.volumes ?? []), { name: "users", secret: { secretName } }],
        },
    }));
}

/**
 * Jaeger's Deployment with a sidecar for what comes in, which alone can tell who sends it. What goes out, to a database
 * for one, does not pass it.
 *
 * @param sidecarHash rolls the pods when their sidecars must restart.
 */
export function withSidecar(
    deployment: k8s.apps.v1.DeploymentArgs,
    sidecarHash: pulumi.Input<string>,
): k8s.apps.v1.DeploymentArgs {
    return changePod(deployment, ({ metadata, spec }) => ({
        metadata: {
            ...metadata,
            labels: { ...metadata.labels, "sidecar.istio.io/inject": "true" },
            annotations: {
                ...metadata.annotations,
                "istio-tracing/sidecar-hash": sidecarHash,
                "traffic.sidecar.istio.io/includeOutboundIPRanges": "",
            },
        },
        spec,
    }));
}

/**
 * Spec of the AuthorizationPolicy on Jaeger: spans from every workload of the mesh, queries from the gateway alone, and
 * nothing else from outside of the pod. Plain text carries no identity and is refused at every port.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/
 */
export function renderAuthorizationSpec(
    selector: Record<string, string>,
    queries: MeshIdentity | undefined,
): PlainObject {
    const rule = (principal: string, ports: number[]): PlainObject => ({
        from: [{ source: { principals: [principal] } }],
        to: [{ operation: { ports: ports.map(String) } }],
    });
    const intake = rule("*", Object.values(RECEIVER_PORTS));
    // The trust domain cluster.local stands for the mesh's own, whatever that is called.
    const principal = `cluster.local/ns/${queries?.namespace ?? ""}/sa/${queries?.serviceAccount ?? ""}`;
    const query = queries && rule(principal, [JAEGER_PORTS.queryHttp, JAEGER_PORTS.queryGrpc]);
    return { selector: { matchLabels: selector }, action: "ALLOW", rules: [intake, ...(query ? [query] : [])] };
}

/** Spec of the Telemetry for workloads that carry traces themselves: their own spans would beget spans without end. */
export function renderUntracedSpec(selector: Record<string, string>): PlainObject {
    return { selector: { matchLabels: selector }, tracing: [{ disableSpanReporting: true }] };
}

/** A Deployment as our own render functions return it: plain but for single values. */
interface PlainDeployment {
    spec: { template: PodTemplate };
}

interface PodTemplate {
    metadata: { labels: Record<string, string>; annotations: Record<string, pulumi.Input<string>> };
    spec: Omit<k8s.types.input.core.v1.PodSpec, "containers" | "volumes"> & {
        containers: (Omit<k8s.types.input.core.v1.Container, "volumeMounts"> & {
            volumeMounts?: k8s.types.input.core.v1.VolumeMount[];
        })[];
        volumes?: k8s.types.input.core.v1.Volume[];
    };
}

function changePod(
    deployment: k8s.apps.v1.DeploymentArgs,
    change: (template: PodTemplate) => PodTemplate,
): k8s.apps.v1.DeploymentArgs {
    const plain = deployment as unknown as PlainDeployment;
    const changed = { ...plain, spec: { ...plain.spec, template: change(plain.spec.template) } };
    return changed as unknown as k8s.apps.v1.DeploymentArgs;
}
