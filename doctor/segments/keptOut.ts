import type { CollectorTarget } from "../collector";
import type { Evidence } from "../evidence";
import type { DoctorFinding } from "../model";
import { clusterOf } from "./collectorSilent";
import { judgePolicies } from "./collectorPolicies";
import { judgeTls } from "./collectorTls";
import type { ExportCounts } from "./exportCounts";

/** What keeps a sidecar's calls out of a collector that has a sidecar itself, or takes mTLS for one that has none. */
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
