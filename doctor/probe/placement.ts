import { listAll } from "../../shared/cluster/client";
import type { PodObject } from "../../shared/kubernetes/objects";
import { REVISION_LABEL } from "../../shared/names/istio";
import { at, mapAt, textAt, type PlainObject } from "../../shared/values/plainObjects";
import type { Access } from "../connection/access";

/** What a platform team's rules ask of a pod: where it runs, how urgent it is, how its images are pulled, by whom it is injected, and as whom it runs. */
export interface Placement {
    /** Fields of the pod's spec. */
    spec: PlainObject;
    /** Labels that decide which control plane injects the pod. */
    labels: Record<string, string>;
    /** True where the platform gives each namespace user IDs of its own, and rejects others. */
    platformUserIds: boolean;
}

/** As the cluster has it. */
export const ANYWHERE: Placement = { spec: {}, labels: {}, platformUserIds: false };

/** Fields that the doctor's own pod takes over. Affinities to other pods are about the workload, not about the node. */
const FIELDS = ["nodeSelector", "tolerations", "priorityClassName", "imagePullSecrets"];

/** Annotation of OpenShift on every pod that it admits. */
const ADMITTED_BY = "openshift.io/scc";

/** The placement of a running pod, for another one beside it. */
export async function placementOf(access: Access, { metadata }: PodObject): Promise<Placement> {
    const { name, namespace = "" } = metadata;
    const selector = encodeURIComponent(`metadata.name=${name}`);
    const path = `/api/v1/namespaces/${namespace}/pods?fieldSelector=${selector}`;
    const found = await listAll(access, path, (value) => value as PlainObject);
    const pod = "value" in found ? found.value?.find((one) => at(one, "metadata", "name") === name) : undefined;
    if (pod === undefined) return ANYWHERE;
    const spec = mapAt(pod, "spec");
    const revision = textAt(pod, "metadata", "labels", REVISION_LABEL);
    const nodeAffinity = at(spec, "affinity", "nodeAffinity");
    return {
        spec: {
            ...Object.fromEntries(Object.entries(spec).filter(([key]) => FIELDS.includes(key))),
            ...(nodeAffinity !== undefined && { affinity: { nodeAffinity } }),
        },
        labels: revision === undefined ? {} : { [REVISION_LABEL]: revision },
        platformUserIds: mapAt(pod, "metadata", "annotations")[ADMITTED_BY] !== undefined,
    };
}
