import type { PodObject, WorkloadObject } from "../../../shared/kubernetes/objects";
import { fullName } from "../../inventory/mesh";
import { readSchedulingFailures, type SchedulingFailure } from "../../inventory/podFailures";
import type { PodTrouble } from "./trouble";

const CURES: Record<Exclude<SchedulingFailure, "volume">, string> = {
    resources: "No node has enough room. Lower the requests of the pod (stack setting: resources), or add a node.",
    taint: "Tolerate that taint in the pod (stack setting: pods), or remove it from a node.",
    affinity: "Correct nodeSelector or affinity of the pod (stack setting: pods), or label a node.",
    unschedulable: "Let pods onto a node again: kubectl uncordon NODE",
    tooManyPods: "No node accepts more pods. Add a node.",
    hostPort: "Another pod uses the same hostPort on every node. Use another port.",
};

/** A pod that no node takes: for want of resources, for a taint or a label, or for a volume. */
export function notScheduled(pod: PodObject, workload: WorkloadObject | undefined): PodTrouble | undefined {
    const condition = (pod.status?.conditions ?? []).find(
        ({ type, status }) => type === "PodScheduled" && status === "False",
    );
    const said = condition?.message?.replace(/\s+/g, " ").trim();
    if (said === undefined || said === "") return undefined;
    const failures = readSchedulingFailures(said);
    const { namespace = "" } = pod.metadata;
    const owner = workload === undefined ? `Pod ${fullName(pod)}` : `${workload.kind} ${fullName(workload)}`;
    const got = `Pod ${fullName(pod)} is Pending, because no node accepts it: ${said.replace(/\.? ?preemption: .*$/, "")}`;
    const trouble = { id: "pods-not-scheduled", resource: owner, got, commands: [] };
    if (failures.includes("volume")) {
        const claims = (pod.spec?.volumes ?? []).flatMap(
            ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
        );
        const [claim = ""] = claims;
        return {
            ...trouble,
            resource: claims.map((name) => `PersistentVolumeClaim ${namespace}/${name}`).join(", ") || owner,
            cure:
                "Its volume is not bound: check that the claim exists, that its StorageClass exists and creates volumes, and that " +
                `the volume is reachable from a node (stack setting: jaeger.storage): kubectl describe persistentvolumeclaim ${claim} -n ${namespace}`,
        };
    }
    const cures = failures.flatMap((failure) => (failure === "volume" ? [] : [CURES[failure]]));
    return { ...trouble, cure: cures.join(" ") || "Look at the nodes: kubectl describe nodes" };
}
