import { itemsOf } from "../../shared/cluster/facts";
import type { SpecObject, WorkloadObject } from "../../shared/kubernetes/objects";
import { textAt } from "../../shared/values/plainObjects";
import type { Evidence } from "../evidence";
import { fullName } from "../inventory/mesh";
import { patchCommand, type Command } from "./commands";

/** What changes the number of a workload's pods. */
export interface Autoscaler {
    resource: string;
    /** KEDA's object from which it made the HorizontalPodAutoscaler; undefined for others. */
    scaledObject: string | undefined;
    object: SpecObject;
}

/** The autoscaler of a workload; undefined without one, or if autoscalers were not read. */
export function autoscalerOf(
    { kind, metadata }: WorkloadObject,
    { relatedObjects }: Pick<Evidence, "relatedObjects">,
): Autoscaler | undefined {
    const object = itemsOf(relatedObjects?.autoscalers ?? { value: [] }).find(
        (one) =>
            one.metadata.namespace === metadata.namespace &&
            textAt(one.spec, "scaleTargetRef", "kind") === kind &&
            textAt(one.spec, "scaleTargetRef", "name") === metadata.name,
    );
    if (object === undefined) return undefined;
    const scaledObject = object.metadata.ownerReferences?.find((owner) => owner.kind === "ScaledObject")?.name;
    const resource =
        scaledObject === undefined
            ? `HorizontalPodAutoscaler ${fullName(object)}`
            : `ScaledObject ${metadata.namespace ?? ""}/${scaledObject}`;
    return { resource, scaledObject, object };
}

/**
 * The cure for a workload that is scaled to nothing.
 *
 * @param scale the commands that scale it up once.
 */
export function keepOneReplica(
    { resource, scaledObject, object }: Autoscaler,
    workload: string,
    scale: Command[],
): { got: string; cure: string; commands: Command[] } {
    const { namespace } = object.metadata;
    if (scaledObject !== undefined) {
        const patch = patchCommand("scaledobjects.keda.sh", { metadata: { name: scaledObject, namespace } }, [
            { op: "add", path: "/spec/minReplicaCount", value: 1 },
        ]);
        return {
            got: `${workload} scaled to 0 pods by KEDA, which spans from sidecars do not trigger`,
            cure: `Set minReplicaCount of ${resource} to 1. A manually added pod would not stay.`,
            commands: [patch, ...scale.filter(({ verb }) => verb === "await")],
        };
    }
    if (Number(object.spec?.["minReplicas"] ?? 1) === 0) {
        const patch = patchCommand("horizontalpodautoscaler", object, [
            { op: "replace", path: "/spec/minReplicas", value: 1 },
        ]);
        return {
            got: `${workload} scaled to 0 pods, which minReplicas 0 allows`,
            cure: `Set minReplicas of ${resource} to 1, and scale it up.`,
            commands: [patch, ...scale],
        };
    }
    return {
        got: `${workload} scaled to 0 pods, so the HorizontalPodAutoscaler does nothing`,
        cure: "Scale it up. Once it has 1 pod, the autoscaler works again.",
        commands: scale,
    };
}

/** Lets an autoscaler keep exactly one pod. */
export function limitToOneReplica({ scaledObject, object }: Autoscaler): Command {
    const { namespace } = object.metadata;
    return scaledObject === undefined
        ? patchCommand("horizontalpodautoscaler", object, [
              { op: "add", path: "/spec/minReplicas", value: 1 },
              { op: "replace", path: "/spec/maxReplicas", value: 1 },
          ])
        : patchCommand("scaledobjects.keda.sh", { metadata: { name: scaledObject, namespace } }, [
              { op: "add", path: "/spec/minReplicaCount", value: 1 },
              { op: "add", path: "/spec/maxReplicaCount", value: 1 },
          ]);
}
