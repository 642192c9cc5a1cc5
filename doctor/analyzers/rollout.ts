import { itemsOf } from "../../shared/cluster/facts";
import type { PodObject, WorkloadObject } from "../../shared/kubernetes/objects";
import type { Evidence } from "../evidence";
import { podsBehind } from "../inventory/collector";
import { fullName, isReady } from "../inventory/mesh";
import { nameForKubectl, rollableOf } from "../inventory/workload";
import type { DoctorFinding } from "../segments";
import { draftFor } from "./draft";
import { whyNotReady } from "./pods";

const make = draftFor("reception");

/**
 * A change of Jaeger or of another collector that does not reach its pods: a Deployment is paused, or its new pods do not
 * start while the former ones serve on.
 */
export function rollouts(evidence: Evidence): DoctorFinding[] {
    const { collector, ingesters, query, discovery } = evidence;
    const behindQuery = query.service === undefined ? query.pods : podsBehind(query.service, discovery);
    const all = [...(collector?.pods ?? []), ...(ingesters?.pods ?? []), ...behindQuery];
    const pods = [...new Map(all.map((pod) => [fullName(pod), pod])).values()];
    const names = [...new Set(pods.map(rollableOf))];
    return names.flatMap((name) => {
        const workload = itemsOf(evidence.workloads).find((one) => name !== undefined && nameForKubectl(one) === name);
        const own = pods.filter((pod) => rollableOf(pod) === name);
        // Without a ready pod, the segment of the export, of the storage or of the query has the finding.
        if (workload === undefined || !own.some(isReady)) return [];
        return rolloutOf(workload, own, evidence);
    });
}

function rolloutOf(workload: WorkloadObject, pods: PodObject[], evidence: Evidence): DoctorFinding[] {
    const resource = `${workload.kind} ${fullName(workload)}`;
    const about = { workload: nameForKubectl(workload), namespace: workload.metadata.namespace ?? "" };
    if (workload.spec?.paused === true)
        return [
            make({
                id: "rollout-paused",
                severity: "warning",
                resource,
                expected: "a Deployment that replaces its pods after a change",
                got:
                    "spec.paused is true, so no change of its template or its configuration reaches its pods, and " +
                    "kubectl refuses to restart it",
                cure: "Resume it.",
                commands: [
                    { verb: "resume", ...about },
                    { verb: "await", ...about },
                ],
                values: {},
            }),
        ];
    const trouble = whyNotReady(workload, pods, evidence);
    if (trouble === undefined) return [];
    return [
        make({
            ...trouble,
            severity: "warning",
            expected: `new pods of ${resource} that start`,
            got: `${trouble.got}; its ready pods keep serving, perhaps with a former configuration`,
            values: {},
        }),
    ];
}
