import type { PodObject, WorkloadObject } from "../../../shared/kubernetes/objects";
import { isReady } from "../../inventory/mesh";
import { notCreated } from "./created";
import { notScheduled } from "./scheduled";
import { notStarted } from "./started";
import type { PodEvidence, PodTrouble } from "./trouble";

/**
 * Why pods are missing: the API server rejects them, no node takes them, or they do not start. Undefined if nothing
 * shows the reason.
 *
 * @param workload the one that creates the pods; undefined if it is unknown.
 * @param pods its pods, ready or not.
 */
export function whyNotReady(
    workload: WorkloadObject | undefined,
    pods: PodObject[],
    evidence: PodEvidence,
): PodTrouble | undefined {
    const waiting = pods.filter((pod) => !isReady(pod) && pod.metadata.deletionTimestamp === undefined);
    for (const why of [notScheduled, notStarted]) {
        for (const pod of waiting) {
            const found = why(pod, workload, evidence);
            if (found !== undefined) return found;
        }
    }
    return workload && notCreated(workload, evidence);
}
