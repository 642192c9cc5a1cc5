import type { PodObject } from "../../shared/kubernetes/objects";
import { isVisible } from "../analyzers/export/visibility";
import type { Access } from "../connection/access";
import type { CollectorTarget } from "../inventory/collector";
import type { Evidence } from ".";
import { readCounts, readSidecar, type SidecarEvidence, type SidecarQuestion } from "./sidecar";

/** The longest time in which istiod sends a change to sidecars: PILOT_DEBOUNCE_MAX, in milliseconds. */
const LIMIT_MS = 10_000;
const POLL_MS = 500;

/** What decides whether a sidecar has the cluster of the collector. */
export interface Expected extends Pick<Evidence, "discovery" | "mesh"> {
    collector: CollectorTarget | undefined;
}

/**
 * Reads a pod's sidecar. If its tracer sends to a cluster that it lacks, although no object hides the cluster, a change
 * is on its way: spans of requests would be lost until it arrives, so this waits for it.
 */
export async function readSettled(
    access: Access,
    pod: PodObject,
    question: SidecarQuestion,
    { collector, ...objects }: Expected,
): Promise<SidecarEvidence | undefined> {
    const first = await readSidecar(access, pod, question);
    const { cluster, target } = question;
    if (first === undefined || cluster === undefined || collector === undefined) return first;
    if (!lacks(first, cluster) || !isVisible(pod, objects, collector)) return first;
    const limit = performance.now() + LIMIT_MS;
    while (performance.now() < limit) {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        const now = await readCounts(access, pod, [cluster, target]);
        if ("failure" in now) return first;
        if (now.value.clusters[cluster] !== undefined) return readSidecar(access, pod, question);
    }
    return first;
}

/** True for a sidecar with a tracer for a cluster that it does not have. */
function lacks({ listeners, before }: SidecarEvidence, cluster: string): boolean {
    if ("failure" in listeners || "failure" in before || before.value.clusters[cluster] !== undefined) return false;
    return listeners.value.chains.some(({ tracing }) => tracing?.cluster === cluster);
}
