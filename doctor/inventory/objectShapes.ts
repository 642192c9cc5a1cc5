import type {
    ContainerObject,
    ContainerStatus,
    Metadata,
    PodObject,
    SpecObject,
} from "../../shared/kubernetes/objects";
import { CONTAINER, METADATA_SHAPE, specObject } from "../../shared/kubernetes/shapes";
import {
    anything,
    exactly,
    flag,
    keptOnce,
    listOf,
    mapOf,
    number,
    objectOf,
    text,
    type Shape,
} from "../../shared/values/shapes";
import type { IstiodObject } from "./objects";

const OBJECTS = listOf(objectOf({}));
const LABELS = objectOf({ labels: mapOf(text) });
const TARGETS = listOf(objectOf({ group: text, kind: text, name: text }, "kind", "name"));

/** The Deployment of an istiod. */
export const ISTIOD: Shape<IstiodObject> = objectOf<IstiodObject>(
    {
        metadata: METADATA_SHAPE,
        spec: objectOf({
            template: objectOf({
                metadata: objectOf({ labels: mapOf(text) }),
                spec: objectOf({ containers: listOf(CONTAINER) }),
            }),
        }),
        status: objectOf({ readyReplicas: number }),
    },
    "metadata",
);

const POD_CONTAINERS = listOf(
    exactly<ContainerObject>(
        {
            name: text,
            image: text,
            env: listOf(exactly({ name: text, value: text }, "name")),
            args: listOf(text),
            ports: listOf(exactly({ name: text, containerPort: number }, "containerPort")),
        },
        "name",
    ),
);
const STATUSES = listOf(
    exactly<ContainerStatus>(
        {
            name: text,
            restartCount: number,
            state: exactly({ waiting: exactly({ reason: text }) }),
            lastState: exactly({ terminated: exactly({ reason: text, finishedAt: text }) }),
        },
        "name",
    ),
);

const VOLUMES = listOf(
    exactly({
        configMap: exactly({ name: text }),
        projected: exactly({ sources: listOf(exactly({ configMap: exactly({ name: text }) })) }),
    }),
);
const CONDITIONS = listOf(exactly({ type: text, status: text }, "type", "status"));
const POD_METADATA = exactly<Omit<Metadata, "managedFields">>(
    {
        name: text,
        namespace: text,
        uid: text,
        labels: mapOf(text),
        annotations: mapOf(text),
        ownerReferences: listOf(exactly({ kind: text, name: text }, "kind", "name")),
        creationTimestamp: text,
        deletionTimestamp: text,
        resourceVersion: text,
    },
    "name",
);

/**
 * The shape of pods in one list of all of a cluster: what the doctor reads of them and nothing else, and once what the
 * pods of a workload have in common, since there can be thousands.
 */
export function listedPods(): Shape<PodObject> {
    const containers = keptOnce(POD_CONTAINERS);
    const volumes = keptOnce(VOLUMES);
    return exactly<PodObject>(
        {
            metadata: POD_METADATA,
            spec: exactly({
                hostNetwork: flag,
                serviceAccountName: text,
                containers,
                initContainers: containers,
                volumes,
            }),
            status: exactly({
                phase: text,
                podIP: text,
                conditions: CONDITIONS,
                containerStatuses: STATUSES,
            }),
        },
        "metadata",
    );
}

/** Istio's objects, with the fields of their `spec` that are read by their type. */
export const SPEC_SHAPES = {
    serviceEntries: specObject({
        hosts: listOf(text),
        exportTo: listOf(text),
        ports: listOf(objectOf({ number, name: text, protocol: text }, "number")),
        endpoints: OBJECTS,
    }),
    destinationRules: specObject({
        host: text,
        exportTo: listOf(text),
        workloadSelector: objectOf({ matchLabels: mapOf(text) }),
        trafficPolicy: objectOf({ portLevelSettings: listOf(objectOf({ port: objectOf({ number }) })) }),
    }),
    virtualServices: specObject({ hosts: listOf(text), gateways: listOf(text), exportTo: listOf(text), http: OBJECTS }),
    sidecars: specObject({
        workloadSelector: LABELS,
        egress: listOf(objectOf({ hosts: listOf(text) })),
    }),
    envoyFilters: specObject({
        workloadSelector: LABELS,
        targetRefs: TARGETS,
        configPatches: listOf(
            objectOf({
                applyTo: text,
                match: objectOf({}),
                patch: objectOf({ operation: text, value: anything as Shape<object> }),
            }),
        ),
    }),
    authorizationPolicies: specObject({ targetRefs: TARGETS }),
    peerAuthentications: specObject(),
} satisfies Record<string, Shape<SpecObject>>;
