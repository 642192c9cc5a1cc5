import type { Evidence } from "../../evidence";
import type { TracingSummary } from "../../evidence/envoyConfig";
import type { SidecarEvidence } from "../../evidence/sidecar";
import { findCollector, samplingOfPod } from "../../inventory/collector";
import { fullName } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { isEveryProbeComplete } from "../propagation";
import { filtersOfTracing } from "./envoyFilters";

/** A sidecar whose tracer sends to another cluster than that of its provider, by an EnvoyFilter. */
export function tracesElsewhere(
    { pod }: SidecarEvidence,
    { cluster }: TracingSummary,
    evidence: Evidence,
    values: Record<string, string>,
): DoctorFinding[] {
    const { mesh, discovery, source } = evidence;
    const { provider } = samplingOfPod(pod, mesh, discovery)[pod === source?.pod ? "client" : "server"];
    const collector = findCollector(provider, mesh, discovery);
    const filters = filtersOfTracing(pod, evidence);
    if (collector === undefined || cluster === collector.cluster || filters.length === 0) return [];
    if (isEveryProbeComplete(evidence)) return [];
    return [
        draftFor("sidecar")({
            id: "sidecar-traces-elsewhere",
            resource: filters.join(", "),
            expected: `spans of Pod ${fullName(pod)} for the provider "${collector.provider}", by ${collector.cluster}`,
            got: `a tracer that sends them to ${cluster === "" ? "no cluster" : cluster}, by a patch`,
            cure: `Take what concerns tracing out of ${filters.join(", ")}, and name a provider in a Telemetry instead.`,
            values,
        }),
    ];
}
