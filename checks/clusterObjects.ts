/** The metadata of a Kubernetes object, as far as the checks read it. */
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

/** Any Kubernetes object, of which only the metadata matters. */
export interface ClusterObject {
    metadata: Metadata;
}

/** A Service, as far as the checks read it. */
export interface ServiceObject extends ClusterObject {
    spec?: { type?: string; ports?: ServicePort[] };
}

/** A port of a {@link ServiceObject}. */
export interface ServicePort {
    name?: string;
    port: number;
    protocol?: string;
    appProtocol?: string;
}

/** An EndpointSlice, as far as the checks read it. */
export interface EndpointSliceObject extends ClusterObject {
    ports?: { name?: string; port?: number }[] | null;
    endpoints?: { addresses?: string[]; conditions?: { ready?: boolean } }[] | null;
}

/** A Pod, as far as the checks read it. */
export interface PodObject extends ClusterObject {
    spec?: { hostNetwork?: boolean; containers?: { name: string }[]; initContainers?: { name: string }[] };
    status?: { phase?: string };
}

/** A Node, as far as the checks read it. */
export interface NodeObject extends ClusterObject {
    spec?: { unschedulable?: boolean; taints?: { key: string; effect: string }[] };
    status?: {
        allocatable?: Record<string, string>;
        nodeInfo?: { architecture?: string };
        conditions?: { type: string; status: string }[];
    };
}

/** A MutatingWebhookConfiguration, as far as the checks read it. */
export interface WebhookObject extends ClusterObject {
    webhooks?: { clientConfig?: { service?: { name: string; namespace: string }; url?: string } }[];
}

/** A Helm release by its name and namespace. */
export interface ReleaseName {
    name: string;
    namespace: string;
}

/** The Helm release that owns an object, or undefined when none does. */
export function helmOwner({ metadata }: ClusterObject): ReleaseName | undefined {
    const name = metadata.annotations?.["meta.helm.sh/release-name"];
    const namespace = metadata.annotations?.["meta.helm.sh/release-namespace"];
    // Helm takes an object for its own only when the label stands there too.
    if (metadata.labels?.["app.kubernetes.io/managed-by"] !== "Helm") return undefined;
    return name === undefined || namespace === undefined ? undefined : { name, namespace };
}

/** True when that Helm release owns the object, so that Helm would update it and not refuse it. */
export function isOwnedBy(object: ClusterObject, release: ReleaseName): boolean {
    const owner = helmOwner(object);
    return owner?.name === release.name && owner.namespace === release.namespace;
}

/**
 * True when Pulumi's Kubernetes provider has written the object: it signs as field manager `pulumi-kubernetes`, followed
 * by a hash when it applied; with server-side apply switched off it sets a label instead.
 */
export function isMadeByPulumi({ metadata }: ClusterObject): boolean {
    return (
        metadata.labels?.["app.kubernetes.io/managed-by"] === "pulumi" ||
        (metadata.managedFields ?? []).some(({ manager }) => manager?.startsWith("pulumi-kubernetes") === true)
    );
}
