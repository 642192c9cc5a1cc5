import type { SpecObject } from "../../shared/kubernetes/objects";
import { CONTAINER, METADATA_SHAPE, specObject } from "../../shared/kubernetes/shapes";
import { anything, listOf, mapOf, number, objectOf, text, type Shape } from "../../shared/values/shapes";
import type { IstiodObject } from "./objects";

const OBJECTS = listOf(objectOf({}));
const LABELS = objectOf({ labels: mapOf(text) });
const TARGETS = listOf(objectOf({ group: text, kind: text, name: text }, "kind", "name"));

/** The Deployment of an istiod. */
export const ISTIOD: Shape<IstiodObject> = objectOf<IstiodObject>(
    {
        metadata: METADATA_SHAPE,
        spec: objectOf({
            replicas: number,
            template: objectOf({
                metadata: objectOf({ labels: mapOf(text) }),
                spec: objectOf({ containers: listOf(CONTAINER) }),
            }),
        }),
        status: objectOf({ readyReplicas: number }),
    },
    "metadata",
);

/** Istio's objects, with the types of the `spec` fields to read. */
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
