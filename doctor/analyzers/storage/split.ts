import { itemsOf } from "../../../shared/cluster/facts";
import type { PodObject } from "../../../shared/kubernetes/objects";
import type { Evidence } from "../../evidence";
import { fullName, isReady, listNames } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { autoscalerOf, limitToOneReplica } from "../../remediation/autoscaler";
import type { Command } from "../../remediation/commands";
import { nameForKubectl, rollableOf } from "../../inventory/workload";
import { draftFor } from "../draft";
import { ownStorageOf } from "./ownStorage";

/**
 * Several Jaegers behind one Service that each store traces in memory. Each has some of the spans, and each query
 * reaches only one. It is a matter of chance whether the probes' traces are complete.
 */
export function splitStorage(evidence: Evidence, values: Record<string, string>): DoctorFinding | undefined {
    const { collector } = evidence;
    const pods = (collector?.pods ?? []).filter(isReady).filter((pod) => ownStorageOf(pod, evidence) === "memory");
    const [first] = pods;
    if (collector === undefined || first === undefined || pods.length < 2) return undefined;
    return draftFor("storage")({
        id: "storage-split",
        resource: collector.service === undefined ? collector.host : `Service ${fullName(collector.service)}`,
        expected: "one Jaeger pod if traces are in memory, or a storage that all Jaeger pods share",
        got: `${String(pods.length)} ready pods with separate memory storages: ${listNames(pods)}; each query reaches only one of them`,
        cure: "Run only one of them, or configure a shared storage (Elasticsearch, OpenSearch, Cassandra, ClickHouse; stack setting: jaeger.storage).",
        commands: scaleToOne(pods, evidence),
        values,
        standing: true,
    });
}

/** Empty if several workloads own the pods, or if the workload cannot be scaled. An autoscaler would undo a scale alone. */
function scaleToOne(pods: PodObject[], evidence: Evidence): Command[] {
    const [workload, ...others] = [...new Set(pods.map((pod) => rollableOf(pod) ?? ""))];
    const namespace = pods[0]?.metadata.namespace ?? "";
    if (workload === undefined || others.length > 0 || !/^(?:deployment|statefulset)\//.test(workload)) return [];
    const object = itemsOf(evidence.workloads).find((one) => nameForKubectl(one) === workload);
    const scaler = object && autoscalerOf(object, evidence);
    return [
        ...(scaler === undefined ? [] : [limitToOneReplica(scaler)]),
        { verb: "scale", workload, namespace, replicas: 1 },
        { verb: "await", workload, namespace },
    ];
}
