import { itemsOf } from "../../shared/cluster/facts";
import type { Evidence } from "../evidence";
import { nameForKubectl } from "../inventory/workload";
import type { DoctorFinding } from "../segments";
import { formatCommand, type Command } from "./commands";

/**
 * The same finding with commands that first resume the Deployments that are paused: a paused one does not replace its
 * pods, and kubectl refuses to restart it.
 */
export function resumePaused(
    finding: DoctorFinding,
    { workloads, relatedObjects }: Pick<Evidence, "workloads" | "relatedObjects">,
): DoctorFinding {
    const all = [...itemsOf(workloads), ...itemsOf(relatedObjects?.workloads ?? { value: [] })];
    const paused = all
        .filter(({ spec }) => spec?.paused === true)
        .map((one) => ({ ...one.metadata, of: nameForKubectl(one) }));
    const resumed = finding.steps.filter(({ verb }) => verb === "resume").flatMap(workloadIn);
    const needed = finding.steps
        .flatMap(workloadIn)
        .filter(({ workload, namespace }) => paused.some((one) => one.of === workload && one.namespace === namespace))
        .filter(({ workload }) => !resumed.some((one) => one.workload === workload));
    const [first] = needed;
    if (first === undefined) return finding;
    const resume: Command = { verb: "resume", ...first };
    const steps = finding.steps.flatMap((step, index) =>
        index === finding.steps.findIndex((one) => workloadIn(one).length > 0) ? [resume, step] : [step],
    );
    return {
        ...finding,
        cure: `${finding.cure} ${first.workload} is paused, so it does not replace its pods until it is resumed.`,
        steps,
        commands: steps.map((step) => formatCommand(step)),
    };
}

/** The workload that a command restarts, resumes or waits for. */
function workloadIn(step: Command): { workload: string; namespace: string }[] {
    if (step.verb !== "restart" && step.verb !== "await" && step.verb !== "resume") return [];
    return [{ workload: step.workload, namespace: step.namespace }];
}
