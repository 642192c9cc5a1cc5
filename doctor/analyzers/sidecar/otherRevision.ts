import type { TelemetryObject } from "../../../checks/mesh/objects";
import { decidingBlock } from "../../../checks/telemetry/appliedBlocks";
import { itemsOf } from "../../../shared/cluster/facts";
import type { PodObject } from "../../../shared/kubernetes/objects";
import { REVISION_LABEL } from "../../../shared/names/istio";
import type { Evidence } from "../../evidence";
import { sourcesOf } from "../../inventory/collector";
import { fullName, readMeshes } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";

/**
 * A Telemetry that would name the provider of a pod, but has the revision of another control plane; undefined if
 * another Telemetry applies.
 */
export function skippedTelemetry(
    pod: PodObject,
    { mesh, discovery, cluster, source }: Evidence,
): TelemetryObject | undefined {
    if (cluster === undefined || mesh.config.defaultProviders?.tracing?.[0] !== undefined) return undefined;
    const side = pod === source?.pod ? "CLIENT" : "SERVER";
    if (decidingBlock(sourcesOf(pod, mesh, discovery), side, "providers") !== undefined) return undefined;
    const all = { ...sourcesOf(pod, mesh, cluster), revision: undefined };
    return decidingBlock(all, side, "providers")?.of;
}

/** Why the control plane does not read it. */
export function ofAnotherRevision(
    telemetry: TelemetryObject,
    evidence: Evidence,
    values: Record<string, string>,
): DoctorFinding {
    const { mesh, cluster = evidence.discovery } = evidence;
    const label = telemetry.metadata.labels?.[REVISION_LABEL] ?? "";
    const tag = itemsOf(cluster.injectionWebhooks).some(({ metadata }) => metadata.labels?.["istio.io/tag"] === label);
    const other = readMeshes(cluster).some(({ revision }) => revision === label);
    const what = other
        ? "another control plane"
        : tag
          ? "a revision tag, which is not the name of a control plane"
          : "no control plane";
    return draftFor("sidecar")({
        id: "telemetry-revision",
        resource: `Telemetry ${fullName(telemetry)}`,
        expected: `no label ${REVISION_LABEL}, or the revision ${mesh.revision} of the path's control plane`,
        got: `${REVISION_LABEL}: ${label}, the name of ${what}: the control plane ${mesh.revision} ignores it, and nothing else enables tracing`,
        cure: other
            ? `Create one for the revision ${mesh.revision} as well, or remove the label, so that every control plane applies it.`
            : "Remove the label, so that every control plane applies it.",
        // A Telemetry of another control plane may be meant only for that one.
        commands: other
            ? []
            : [{ verb: "label", kind: "telemetry", object: telemetry, labels: { [REVISION_LABEL]: null } }],
        values,
    });
}
