import { itemsOf } from "../../../shared/cluster/facts";
import type { PodObject } from "../../../shared/kubernetes/objects";
import type { Evidence } from "../../evidence";
import type { Command } from "../../remediation/commands";
import type { Draft } from "../draft";

/** Why a workload has no ready pod, with the object that keeps them away. */
export type PodTrouble = Pick<Draft, "id" | "resource" | "got" | "cure"> & { commands: Command[] };

/** The evidence about pods that are missing or not ready. */
export type PodEvidence = Pick<Evidence, "relatedObjects">;

/** The warnings that Kubernetes has recorded about an object, the newest last. */
export function warningsAbout(
    kind: string,
    { name, namespace }: PodObject["metadata"],
    { relatedObjects }: PodEvidence,
): { reason: string; message: string }[] {
    if (relatedObjects === undefined) return [];
    return itemsOf(relatedObjects.events)
        .filter(
            ({ metadata, involvedObject: about }) =>
                metadata.namespace === namespace && about.kind === kind && about.name === name,
        )
        .sort((left, right) => (left.lastTimestamp ?? "").localeCompare(right.lastTimestamp ?? ""))
        .map(({ reason = "", message = "" }) => ({ reason, message }));
}
