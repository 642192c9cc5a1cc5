import { itemsOf, type Fact } from "../../shared/cluster/facts";
import type { PodObject, WorkloadObject } from "../../shared/kubernetes/objects";
import type { Command } from "../remediation/commands";

/** Kinds that `kubectl rollout` knows. */
const ROLLED = ["StatefulSet", "DaemonSet"];

/** Name of the Deployment, StatefulSet or other workload that owns a pod, otherwise the pod's own name. */
export function workloadOf({ metadata }: PodObject): string {
    return ownerName({ metadata }) ?? metadata.name;
}

/** The name of a pod's owner, without the hash that a Deployment appends to it; undefined for a bare pod. */
function ownerName({ metadata }: PodObject): string | undefined {
    const [owner] = metadata.ownerReferences ?? [];
    const suffix = `-${metadata.labels?.["pod-template-hash"] ?? ""}`;
    return suffix !== "-" && owner?.name.endsWith(suffix) ? owner.name.slice(0, -suffix.length) : owner?.name;
}

/**
 * The workload of a pod in kubectl's notation; undefined if kubectl cannot restart it: a bare pod, a Job, or an Argo
 * Rollout.
 */
export function rollableOf({ metadata }: PodObject): string | undefined {
    const [owner] = metadata.ownerReferences ?? [];
    if (owner === undefined) return undefined;
    if (ROLLED.includes(owner.kind)) return `${owner.kind.toLowerCase()}/${owner.name}`;
    const name = ownerName({ metadata });
    return owner.kind === "ReplicaSet" && name !== undefined && name !== owner.name ? `deployment/${name}` : undefined;
}

/** A workload in kubectl's notation. */
export function nameForKubectl({ kind, metadata }: WorkloadObject): string {
    return `${kind.toLowerCase()}/${metadata.name}`;
}

/** The workload that has created some pods, among those that were read. */
export function creatorOf(pods: PodObject[], workloads: Fact<WorkloadObject[]>): WorkloadObject | undefined {
    return itemsOf(workloads).find((workload) =>
        pods.some(
            (pod) =>
                pod.metadata.namespace === workload.metadata.namespace && rollableOf(pod) === nameForKubectl(workload),
        ),
    );
}

/** True for pods that are fewer than their workload wants, as far as it was read, and for none at all. */
export function areFewer(pods: PodObject[], workloads: Fact<WorkloadObject[]>): boolean {
    const wanted = creatorOf(pods, workloads)?.spec?.replicas ?? 1;
    return pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined).length < wanted;
}

/** Commands that replace a workload's pods; none for pods that only their owner can recreate. */
export function restartCommands(pod: PodObject): Command[] {
    const workload = rollableOf(pod);
    if (workload === undefined) return [];
    return [{ verb: "restart", workload, namespace: pod.metadata.namespace ?? "" }, ...waitCommands(pod)];
}

/**
 * Commands that raise the memory limit of a container of a pod's workload, and wait for the new pods; none for pods
 * that only their owner can recreate.
 *
 * @param memoryMiB the new limit in MiB.
 * @param workload the workload as it was read, if it was read.
 */
export function memoryCommands(
    pod: PodObject,
    container: string,
    memoryMiB: number,
    workload: WorkloadObject | undefined,
): Command[] {
    const [kind, name] = rollableOf(pod)?.split("/") ?? [];
    if (kind === undefined || name === undefined) return [];
    const object = workload ?? { metadata: { ...pod.metadata, name, ownerReferences: [] } };
    return [{ verb: "setMemory", kind, object, container, memory: `${String(memoryMiB)}Mi` }, ...waitCommands(pod)];
}

/** Commands that wait until a workload's pods have been replaced. */
export function waitCommands(pod: PodObject): Command[] {
    const workload = rollableOf(pod);
    if (workload === undefined) return [];
    return [{ verb: "await", workload, namespace: pod.metadata.namespace ?? "" }];
}
