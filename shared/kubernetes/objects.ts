import { MANAGED_BY_LABEL } from "../names/kubernetes";
import type { Taint } from "./tolerations";

/** The metadata of a Kubernetes object that the project reads. */
export interface Metadata {
    name: string;
    namespace?: string;
    uid?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { kind: string; name: string }[];
    managedFields?: { manager?: string; time?: string; fieldsV1?: unknown }[];
    creationTimestamp?: string;
    deletionTimestamp?: string;
    resourceVersion?: string;
}

/** Any Kubernetes object, with only its metadata. */
export interface ClusterObject {
    metadata: Metadata;
}

/** The fields of a Service that the project reads. */
export interface ServiceObject extends ClusterObject {
    spec?: {
        type?: string;
        /** `None` for a headless Service. */
        clusterIP?: string;
        externalName?: string;
        selector?: Record<string, string>;
        ports?: ServicePort[];
    };
}

/** A port of a {@link ServiceObject}. */
export interface ServicePort {
    name?: string;
    port: number;
    targetPort?: number | string;
    protocol?: string;
    appProtocol?: string;
}

/** The fields of an EndpointSlice that the project reads. */
export interface EndpointSliceObject extends ClusterObject {
    ports?: { name?: string; port?: number }[] | null;
    endpoints?: { addresses?: string[]; conditions?: { ready?: boolean } }[] | null;
}

/** The fields of a Pod that the project reads. */
export interface PodObject extends ClusterObject {
    spec?: {
        hostNetwork?: boolean;
        nodeName?: string;
        serviceAccountName?: string;
        containers?: ContainerObject[];
        initContainers?: ContainerObject[];
        volumes?: VolumeObject[];
    };
    status?: {
        phase?: string;
        podIP?: string;
        /** All of its addresses: on a cluster with IPv4 and IPv6, one of each. */
        podIPs?: { ip?: string }[];
        conditions?: Condition[];
        containerStatuses?: ContainerStatus[];
        initContainerStatuses?: ContainerStatus[];
    };
}

/** A condition in the status of an object. */
export interface Condition {
    type: string;
    status: string;
    reason?: string;
    message?: string;
}

/** A volume of a {@link PodObject}. */
export interface VolumeObject {
    configMap?: { name?: string };
    persistentVolumeClaim?: { claimName?: string };
    projected?: { sources?: { configMap?: { name?: string } }[] };
}

/** A container of a {@link PodObject}. */
export interface ContainerObject {
    name: string;
    image?: string;
    env?: { name: string; value?: string }[];
    command?: string[];
    args?: string[];
    ports?: { name?: string; containerPort: number }[];
    resources?: { limits?: Record<string, string | number> };
}

/** The state of a container. */
export interface ContainerStatus {
    name: string;
    restartCount?: number;
    state?: { waiting?: { reason?: string; message?: string }; terminated?: Terminated };
    lastState?: { terminated?: Terminated };
}

/** How a container ended. */
export interface Terminated {
    reason?: string;
    exitCode?: number;
    message?: string;
    finishedAt?: string;
}

/** The fields of a Node that the project reads. */
export interface NodeObject extends ClusterObject {
    spec?: { unschedulable?: boolean; taints?: Taint[] };
    status?: {
        allocatable?: Record<string, string>;
        nodeInfo?: { architecture?: string };
        conditions?: { type: string; status: string }[];
    };
}

/** The fields of a MutatingWebhookConfiguration that the project reads. */
export interface WebhookObject extends ClusterObject {
    webhooks?: { clientConfig?: { service?: { name: string; namespace: string }; url?: string } }[];
}

/** A workload that creates pods. Items of a list do not contain their kind. */
export interface WorkloadObject extends ClusterObject {
    kind: "Deployment" | "StatefulSet" | "DaemonSet";
    spec?: {
        replicas?: number;
        /** Of a Deployment: true if it does not replace its pods after a change. */
        paused?: boolean;
        /** Of a StatefulSet: the headless Service that names its pods. */
        serviceName?: string;
        selector?: { matchLabels?: Record<string, string> };
        template?: { metadata?: { labels?: Record<string, string> }; spec?: { containers?: ContainerObject[] } };
    };
    status?: { conditions?: Condition[] };
}

/** A ConfigMap. */
export interface ConfigMapObject extends ClusterObject {
    immutable?: boolean;
    data?: Record<string, string>;
}

/** An object of which only some fields are read, usually of its `spec`. */
export interface SpecObject extends ClusterObject {
    spec?: Record<string, unknown>;
}

/** Every address of a pod, of either family. */
export function podAddresses({ status }: PodObject): string[] {
    const all = [status?.podIP, ...(status?.podIPs ?? []).map(({ ip }) => ip)];
    return [...new Set(all.filter((address) => address !== undefined))];
}

/** A Helm release by its name and namespace. */
export interface ReleaseName {
    name: string;
    namespace: string;
}

/** The Helm release that owns an object; undefined if none does. */
export function helmOwner({ metadata }: ClusterObject): ReleaseName | undefined {
    const name = metadata.annotations?.["meta.helm.sh/release-name"];
    const namespace = metadata.annotations?.["meta.helm.sh/release-namespace"];
    // Helm only adopts an object that also has the label.
    if (metadata.labels?.[MANAGED_BY_LABEL] !== "Helm") return undefined;
    return name === undefined || namespace === undefined ? undefined : { name, namespace };
}

/** True if that Helm release owns the object, so that Helm updates it instead of rejecting it. */
export function isOwnedBy(object: ClusterObject, release: ReleaseName): boolean {
    const owner = helmOwner(object);
    return owner?.name === release.name && owner.namespace === release.namespace;
}

/**
 * True if Pulumi's Kubernetes provider wrote the object. Its field manager is `pulumi-kubernetes`, followed by a hash
 * for server-side apply. Without server-side apply, it sets a label instead.
 */
export function isMadeByPulumi({ metadata }: ClusterObject): boolean {
    return (
        metadata.labels?.[MANAGED_BY_LABEL] === "pulumi" ||
        (metadata.managedFields ?? []).some(({ manager }) => manager?.startsWith("pulumi-kubernetes") === true)
    );
}
