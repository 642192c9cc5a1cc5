import type { CollectorTarget } from "../../inventory/collector";
import type { Evidence } from "../../evidence";
import type { DoctorFinding } from "../../segments";
import { clusterOf } from "./unreached";
import { judgePolicies } from "./authorization";
import { judgeTls } from "./tls";
import type { ExportCounts } from "./counts";

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
