import type { Evidence } from "../../evidence";
import type { TracingSummary } from "../../evidence/envoyConfig";
import { limitsOf, RUNTIME_KEYS } from "../../evidence/runtime";
import type { SidecarEvidence } from "../../evidence/sidecar";
import { fullName } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { runtimeOf } from "../sampling/live";
import { blameKey } from "../sampling/runtime";
import { filtersOfTracing } from "./envoyFilters";

/**
 * A sidecar that drops traces after every other decision. istiod always sets 100 percent there:
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto
 */
export function judgeOverallSampling(
    sidecar: SidecarEvidence,
    tracing: TracingSummary,
    evidence: Evidence,
    values: Record<string, string>,
): DoctorFinding[] {
    const { pod } = sidecar;
    const runtime = runtimeOf(sidecar);
    const { overall } = limitsOf(runtime);
    const overallSampling = overall ?? tracing.overallSampling;
    if (overallSampling === undefined || overallSampling >= 100) return [];
    if (overall !== undefined) {
        const { got, ...blame } = blameKey(pod, RUNTIME_KEYS.overall, runtime, evidence);
        return [
            draftFor("sidecar")({
                id: "sampling-capped",
                ...blame,
                expected: `overall_sampling 100 % in Pod ${fullName(pod)}, which istiod sets`,
                got: `${got}, which drops traces that all other settings record`,
                values,
            }),
        ];
    }
    const filters = filtersOfTracing(pod, evidence);
    return [
        draftFor("sidecar")({
            id: "sampling-capped",
            resource: `Pod ${fullName(pod)}`,
            expected: "overall_sampling 100 % in the sidecar, which istiod sets",
            got: `${String(overallSampling)} %, which drops traces that all other settings record`,
            cure: `Remove overall_sampling from ${filters.join(", ") || "the object that changes the sidecar's configuration"}.`,
            values,
        }),
    ];
}
