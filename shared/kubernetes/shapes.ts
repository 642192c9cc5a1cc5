import {
    anything,
    either,
    flag,
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

/** The metadata of an object; one without a name is none. */
export const METADATA_SHAPE: Shape<Metadata> = objectOf<Metadata>(
    {
        name: text,
        namespace: text,
        uid: text,
        labels: mapOf(text),
        annotations: mapOf(text),
        ownerReferences: listOf(objectOf({ kind: text, name: text }, "kind", "name")),
        managedFields: listOf(objectOf({ manager: text, time: text, fieldsV1: anything as Shape<object> })),
        creationTimestamp: text,
        deletionTimestamp: text,
        resourceVersion: text,
    },
    "name",
);

/** An object of which only the metadata is read. */
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

/** A container of a pod or of its template. */
export const CONTAINER: Shape<ContainerObject> = objectOf<ContainerObject>(
    {
        name: text,
        image: text,
        env: listOf(objectOf({ name: text, value: text }, "name")),
        args: listOf(text),
        ports: listOf(objectOf({ name: text, containerPort: number }, "containerPort")),
    },
    "name",
);

const STATUS: Shape<ContainerStatus> = objectOf<ContainerStatus>(
    {
        name: text,
        restartCount: number,
        state: objectOf({ waiting: objectOf({ reason: text }) }),
        lastState: objectOf({ terminated: objectOf({ reason: text, finishedAt: text }) }),
    },
    "name",
);

const CONDITIONS = listOf(objectOf({ type: text, status: text }, "type", "status"));

/** A Pod. */
export const POD: Shape<PodObject> = objectOf<PodObject>(
    {
        metadata: METADATA_SHAPE,
        spec: objectOf({
            hostNetwork: flag,
            serviceAccountName: text,
            containers: listOf(CONTAINER),
            initContainers: listOf(CONTAINER),
            volumes: listOf(
                objectOf({
                    configMap: objectOf({ name: text }),
                    projected: objectOf({ sources: listOf(objectOf({ configMap: objectOf({ name: text }) })) }),
                }),
            ),
        }),
        status: objectOf({ phase: text, podIP: text, conditions: CONDITIONS, containerStatuses: listOf(STATUS) }),
    },
    "metadata",
);

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

/** What makes pods, without its kind. */
export const WORKLOAD: Shape<Omit<WorkloadObject, "kind">> = objectOf<Omit<WorkloadObject, "kind">>(
    {
        metadata: METADATA_SHAPE,
        spec: objectOf({
            replicas: number,
            serviceName: text,
            selector: objectOf({ matchLabels: mapOf(text) }),
            template: objectOf({
                metadata: objectOf({ labels: mapOf(text) }),
                spec: objectOf({ containers: listOf(CONTAINER) }),
            }),
        }),
    },
    "metadata",
);

/** A ConfigMap. */
export const CONFIG_MAP: Shape<ConfigMapObject> = objectOf<ConfigMapObject>(
    { metadata: METADATA_SHAPE, immutable: flag, data: mapOf(text) },
    "metadata",
);

/** A MutatingWebhookConfiguration or its like. */
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

/** An object with a `spec`, of which these fields are read by their type. */
export function specObject(fields: Partial<Fields<Record<string, unknown>>> = {}): Shape<SpecObject> {
    const spec = partOf<Record<string, unknown>>(fields);
    return objectOf<SpecObject>({ metadata: METADATA_SHAPE, spec }, "metadata");
}
