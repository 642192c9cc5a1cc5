import { listAll } from "../../shared/cluster/client";
import type { PodObject } from "../../shared/kubernetes/objects";
import { POD } from "../../shared/kubernetes/shapes";
import type { Access } from "../connection/access";

/**
 * The first of the given pods that no longer exists or is being deleted, as during a rollout. A pod that only crashed
 * still exists, and a pod that cannot be read counts as existing.
 */
export async function findReplaced(access: Access, pods: PodObject[]): Promise<PodObject | undefined> {
    const replaced = await Promise.all(pods.map((pod) => isReplaced(access, pod)));
    return pods.find((_, index) => replaced[index] === true);
}

async function isReplaced(access: Access, { metadata }: PodObject): Promise<boolean> {
    const selector = `metadata.namespace=${metadata.namespace ?? "default"},metadata.name=${metadata.name}`;
    const fact = await listAll(access, `/api/v1/pods?fieldSelector=${encodeURIComponent(selector)}`, POD);
    if ("failure" in fact || fact.value === undefined) return false;
    const now = fact.value.find((pod) => pod.metadata.uid === metadata.uid && pod.metadata.name === metadata.name);
    return now === undefined || now.metadata.deletionTimestamp !== undefined;
}
