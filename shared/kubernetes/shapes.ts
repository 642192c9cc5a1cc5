import {
    anything,
    either,
    exactly,
    flag,
    keptOnce,
    listOf,
    mapOf,
    number,
    objectOf,
    partOf,
    text,
    type Fields,
    type Shape,
} from "../values/shapes";
import type {
    ClusterObject,
    Condition,
    ConfigMapObject,
    ContainerObject,
    ContainerStatus,
    EndpointSliceObject,
    Metadata,
    NodeObject,
    PodObject,
    ServiceObject,
    ServicePort,
    SpecObject,
    WebhookObject,
    WorkloadObject,
} from "./objects";

/** Reads objects by their fields: with what else they contain, or without. */
type ObjectShape = typeof objectOf;

function metadataFields(object: ObjectShape): Fields<Omit<Metadata, "managedFields">> {
    return {
        name: text,
        namespace: text,
        uid: text,
        labels: mapOf(text),
        annotations: mapOf(text),
        ownerReferences: listOf(object({ kind: text, name: text }, "kind", "name")),
        creationTimestamp: text,
        deletionTimestamp: text,
        resourceVersion: text,
    };
}

/** The metadata of an object, which must have a name. */
export const METADATA_SHAPE: Shape<Metadata> = objectOf<Metadata>(
    {
        ...metadataFields(objectOf),
        managedFields: listOf(objectOf({ manager: text, time: text, fieldsV1: anything as Shape<object> })),
    },
    "name",
);

/** An object with only its metadata. */
export const OBJECT: Shape<ClusterObject> = objectOf<ClusterObject>({ metadata: METADATA_SHAPE }, "metadata");

const PORT: Shape<ServicePort> = objectOf<ServicePort>(
    { name: text, port: number, targetPort: either(number, text), protocol: text, appProtocol: text },
    "port",
);

/** A Service. */
export const SERVICE: Shape<ServiceObject> = objectOf<ServiceObject>(
    {
        metadata: METADATA_SHAPE,
        spec: objectOf({
            ...{ type: text, clusterIP: text, externalName: text },
            ...{ selector: mapOf(text), ports: listOf(PORT) },
        }),
    },
    "metadata",
);

/** An EndpointSlice. */
export const ENDPOINT_SLICE: Shape<EndpointSliceObject> = objectOf<EndpointSliceObject>(
    {
        metadata: METADATA_SHAPE,
        ports: listOf(objectOf({ name: text, port: number })),
        endpoints: listOf(objectOf({ addresses: listOf(text), conditions: objectOf({ ready: flag }) })),
    },
    "metadata",
);

function containerOf(object: ObjectShape): Shape<ContainerObject> {
    return object<ContainerObject>(
        {
            name: text,
            image: text,
            env: listOf(object({ name: text, value: text }, "name")),
            command: listOf(text),
            args: listOf(text),
            ports: listOf(object({ name: text, containerPort: number }, "containerPort")),
            resources: object({ limits: mapOf(either(text, number)) }),
        },
        "name",
    );
}

/** A container of a pod or of its template. */
export const CONTAINER = containerOf(objectOf);

function statusOf(object: ObjectShape): Shape<ContainerStatus> {
    const terminated = object({ reason: text, exitCode: number, message: text, finishedAt: text });
    return object<ContainerStatus>(
        {
            name: text,
            restartCount: number,
            state: object({ waiting: object({ reason: text, message: text }), terminated }),
            lastState: object({ terminated }),
        },
        "name",
    );
}

function conditionsOf(object: ObjectShape): Shape<Condition[]> {
    return listOf(object({ type: text, status: text, reason: text, message: text }, "type", "status"));
}

const CONDITIONS = conditionsOf(objectOf);

/** @param once for the parts that the pods of a workload have in common. */
function podOf(
    object: ObjectShape,
    metadata: Shape<Metadata>,
    once: <T>(part: Shape<T>) => Shape<T>,
): Shape<PodObject> {
    const containers = once(listOf(containerOf(object)));
    const configMap = object({ name: text });
    return object<PodObject>(
        {
            metadata,
            spec: object({
                hostNetwork: flag,
                nodeName: text,
                serviceAccountName: text,
                containers,
                initContainers: containers,
                volumes: once(
                    listOf(
                        object({
                            configMap,
                            persistentVolumeClaim: object({ claimName: text }),
                            projected: object({ sources: listOf(object({ configMap })) }),
                        }),
                    ),
                ),
            }),
            status: object({
                phase: text,
                podIP: text,
                podIPs: listOf(object({ ip: text })),
                conditions: conditionsOf(object),
                containerStatuses: listOf(statusOf(object)),
                initContainerStatuses: listOf(statusOf(object)),
            }),
        },
        "metadata",
    );
}

/** A Pod. */
export const POD = podOf(objectOf, METADATA_SHAPE, (part) => part);

/**
 * The shape of pods in one list of all of a cluster, of which there can be thousands: only the fields that are read, and
 * only once what the pods of a workload have in common.
 */
export function listedPods(): Shape<PodObject> {
    return podOf(exactly, exactly(metadataFields(exactly), "name"), keptOnce);
}

/** A Node. */
export const NODE: Shape<NodeObject> = objectOf<NodeObject>(
    {
        metadata: METADATA_SHAPE,
        spec: objectOf({
            unschedulable: flag,
            taints: listOf(objectOf({ key: text, value: text, effect: text }, "key", "effect")),
        }),
        status: objectOf({
            allocatable: mapOf(text),
            nodeInfo: objectOf({ architecture: text }),
            conditions: CONDITIONS,
        }),
    },
    "metadata",
);

/** A workload that creates pods, without its kind. */
export const WORKLOAD: Shape<Omit<WorkloadObject, "kind">> = objectOf<Omit<WorkloadObject, "kind">>(
    {
        metadata: METADATA_SHAPE,
        spec: objectOf({
            replicas: number,
            paused: flag,
            serviceName: text,
            selector: objectOf({ matchLabels: mapOf(text) }),
            template: objectOf({
                metadata: objectOf({ labels: mapOf(text) }),
                spec: objectOf({ containers: listOf(CONTAINER) }),
            }),
        }),
        status: objectOf({ conditions: CONDITIONS }),
    },
    "metadata",
);

/** A ConfigMap. */
export const CONFIG_MAP: Shape<ConfigMapObject> = objectOf<ConfigMapObject>(
    { metadata: METADATA_SHAPE, immutable: flag, data: mapOf(text) },
    "metadata",
);

/** A MutatingWebhookConfiguration or a ValidatingWebhookConfiguration. */
export const WEBHOOK: Shape<WebhookObject> = objectOf<WebhookObject>(
    {
        metadata: METADATA_SHAPE,
        webhooks: listOf(
            objectOf({
                clientConfig: objectOf({
                    service: objectOf({ name: text, namespace: text }, "name", "namespace"),
                    url: text,
                }),
            }),
        ),
    },
    "metadata",
);

/** An object with a `spec` and the types of the fields to read. */
export function specObject(fields: Partial<Fields<Record<string, unknown>>> = {}): Shape<SpecObject> {
    const spec = partOf<Record<string, unknown>>(fields);
    return objectOf<SpecObject>({ metadata: METADATA_SHAPE, spec }, "metadata");
}
