import type { PodObject } from "../../../shared/kubernetes/objects";
import type { SidecarCounts, SidecarEvidence } from "../../evidence/sidecar";

/** What a sidecar's export came to between two readings. */
export interface ExportCounts {
    /** Who sends. */
    pod: PodObject;
    cluster: string;
    /** False when the sidecar has no such cluster. */
    exists: boolean;
    hosts: number;
    sent: number;
    succeeded: number;
    failed: number;
    connectFailed: number;
    /** Connections that it has begun, whether or not they came about. */
    connecting: number;
}

/** What a sidecar sent to a cluster meanwhile, or why that is not known. */
export function countExports({ pod, before, after }: SidecarEvidence, cluster: string): ExportCounts | string {
    if ("failure" in before) return before.failure.reason;
    if ("failure" in after) return after.failure.reason;
    const grown = (counter: string): number => {
        const then = before.value.clusters[cluster]?.[counter] ?? 0;
        const now = after.value.clusters[cluster]?.[counter] ?? 0;
        // A host that was replaced begins anew.
        return now >= then ? now - then : now;
    };
    // Without a host there is nobody to count for: what the sidecar keeps of the cluster itself says more.
    const [unhealthy, refused] = ["upstream_rq_503", "upstream_rq_4xx"].map((name) =>
        grownStat(before.value, after.value, cluster, name),
    );
    return {
        ...{ pod, cluster },
        exists: after.value.clusters[cluster] !== undefined,
        hosts: after.value.clusters[cluster]?.["hosts"] ?? 0,
        sent: grown("rq_total"),
        // To Envoy's count of a host, an answer of 404 is a success.
        succeeded: grown("rq_success") - (refused ?? 0),
        // A failed connection counts as an error of the host and as a 503 of the cluster.
        failed: Math.max(grown("rq_error"), unhealthy ?? 0) + (refused ?? 0),
        connectFailed: grown("cx_connect_fail"),
        connecting: grown("cx_total"),
    };
}

function grownStat(before: SidecarCounts, after: SidecarCounts, cluster: string, name: string): number {
    const of = ({ stats }: SidecarCounts): number =>
        stats[`cluster.${cluster};.${name}`] ?? stats[`cluster.${cluster}.${name}`] ?? 0;
    return Math.max(0, of(after) - of(before));
}
