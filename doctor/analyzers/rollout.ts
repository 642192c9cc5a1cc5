import type { Evidence } from "../evidence";
import { fullName, isReady } from "../inventory/mesh";
import { nameForKubectl } from "../inventory/workload";
import { collectorWorkload } from "../remediation/containerSetting";
import type { DoctorFinding } from "../segments";
import { draftFor } from "./draft";
import { whyNotReady } from "./pods";

const make = draftFor("reception");

/**
 * A change of the collector that does not reach its pods: its Deployment is paused, or its new pods do not start while
 * the former ones serve on.
 */
export function collectorRollout(evidence: Evidence): DoctorFinding[] {
    const pods = evidence.collector?.pods ?? [];
    const workload = collectorWorkload(evidence);
    // Without a ready pod, the segment of the export has the finding.
    if (workload === undefined || !pods.some(isReady)) return [];
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
