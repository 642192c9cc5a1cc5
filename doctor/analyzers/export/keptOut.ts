import type { CollectorTarget } from "../../inventory/collector";
import type { Evidence } from "../../evidence";
import type { DoctorFinding } from "../../segments";
import { clusterOf } from "./unreached";
import { judgePolicies } from "./authorization";
import { judgeTls } from "./tls";
import type { ExportCounts } from "./counts";

/**
 * Causes for which a collector with a sidecar rejects a sidecar's calls, or for which sidecars send mTLS to a collector
 * without one.
 */
export function keptOutOf(
    sender: ExportCounts,
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const tls = clusterOf(sender, evidence)?.tls;
    if (tls === undefined) return undefined;
    const plain = tls === "none" || tls === "other";
    return judgeTls(tls, evidence, collector, values) ?? judgePolicies(sender.pod, plain, evidence, collector, values);
}
