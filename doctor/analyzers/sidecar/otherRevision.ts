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
 * A Telemetry that would name the provider of a pod and bears a revision that is not its control plane's; undefined where
 * one counts that does.
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

/** What keeps the control plane from reading it. */
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
          ? "a revision tag, which is the name of no control plane"
          : "no control plane";
    return draftFor("sidecar")({
        id: "telemetry-revision",
        resource: `Telemetry ${fullName(telemetry)}`,
        expected: `no label ${REVISION_LABEL}, or the revision ${mesh.revision} of the path's control plane`,
        got: `${REVISION_LABEL}: ${label}, the name of ${what}: the control plane ${mesh.revision} skips it, and nothing else switches tracing on`,
        cure: other
            ? `Make one for the revision ${mesh.revision} as well, or take the label off: then every control plane takes it.`
            : "Take the label off: then every control plane takes it.",
        // That of another control plane may be meant for it alone.
        commands: other
            ? []
            : [{ verb: "label", kind: "telemetry", object: telemetry, labels: { [REVISION_LABEL]: null } }],
        values,
    });
}
