import type { PodObject, WorkloadObject } from "../../shared/kubernetes/objects";
import type { Command } from "../remediation/commands";

/** Kinds that `kubectl rollout` knows. */
const ROLLED = ["StatefulSet", "DaemonSet"];

/** Name of the Deployment, StatefulSet or other workload that owns a pod, otherwise the pod's own name. */
export function workloadOf({ metadata }: PodObject): string {
    const [owner] = metadata.ownerReferences ?? [];
    if (owner === undefined) return metadata.name;
    const hash = metadata.labels?.["pod-template-hash"];
    return hash === undefined ? owner.name : owner.name.replace(new RegExp(`-${hash}$`), "");
}

/**
 * The workload of a pod in kubectl's notation; undefined if kubectl cannot restart it: a bare pod, a Job, or an Argo
 * Rollout.
 */
export function rollableOf({ metadata }: PodObject): string | undefined {
    const [owner] = metadata.ownerReferences ?? [];
    if (owner === undefined) return undefined;
    if (ROLLED.includes(owner.kind)) return `${owner.kind.toLowerCase()}/${owner.name}`;
    const suffix = `-${metadata.labels?.["pod-template-hash"] ?? ""}`;
    const ofDeployment = owner.kind === "ReplicaSet" && suffix !== "-" && owner.name.endsWith(suffix);
    return ofDeployment ? `deployment/${owner.name.slice(0, -suffix.length)}` : undefined;
}

/** A workload in kubectl's notation. */
export function nameForKubectl({ kind, metadata }: WorkloadObject): string {
    return `${kind.toLowerCase()}/${metadata.name}`;
}

/** Commands that replace a workload's pods; none for pods that only their owner can recreate. */
export function restartCommands(pod: PodObject): Command[] {
    const workload = rollableOf(pod);
    if (workload === undefined) return [];
    return [{ verb: "restart", workload, namespace: pod.metadata.namespace ?? "" }, ...waitCommands(pod)];
}

/** Commands that wait until a workload's pods have been replaced. */
export function waitCommands(pod: PodObject): Command[] {
    const workload = rollableOf(pod);
    if (workload === undefined) return [];
    return [{ verb: "await", workload, namespace: pod.metadata.namespace ?? "" }];
}
