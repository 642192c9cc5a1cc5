import type { PodObject } from "../../../shared/kubernetes/objects";
import type { Evidence } from "../../evidence";
import type { CollectorTarget } from "../../inventory/collector";
import { collectorFilesOf, nameOfFile } from "../../inventory/collectorPipelines";
import { isReady, listNames } from "../../inventory/mesh";
import { restartCommands } from "../../inventory/workload";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";

/**
 * A ConfigMap that was changed after the collector started. The collector reads its configuration only when it starts,
 * so it may listen where a former one says. Only for pods that do not listen at the port to which the Service leads.
 */
export function staleConfig(
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const { receivers } = evidence;
    if (receivers.length === 0 || receivers.some(({ taken }) => taken !== "closed")) return undefined;
    const pods = collector.pods.filter(isReady);
    const started = Math.max(...pods.map(startOf));
    const [pod] = pods;
    const stale = collectorFilesOf(evidence).find(({ configMap }) => {
        const times = (configMap.metadata.managedFields ?? []).map(({ time }) => Date.parse(time ?? ""));
        return times.some((time) => time > started);
    });
    if (pod === undefined || stale === undefined) return undefined;
    return draftFor("export")({
        id: "collector-config-stale",
        resource: nameOfFile(stale),
        expected: "a collector that started after the last change of its configuration",
        got:
            `changed after ${listNames(pods)} started, and nothing listens on port ${String(receivers[0]?.port)} ` +
            "there, so a former configuration is in use",
        cure: "Restart the collector's pods: they read the configuration only when they start.",
        commands: restartCommands(pod),
        values,
    });
}

/** When a pod's containers started last; NaN if that is unknown. */
function startOf({ metadata, status }: PodObject): number {
    const ends = (status?.containerStatuses ?? []).flatMap(({ lastState }) => lastState?.terminated?.finishedAt ?? []);
    return Math.max(...[metadata.creationTimestamp ?? "", ...ends].map((time) => Date.parse(time)));
}
