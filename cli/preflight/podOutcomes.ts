import { checkSleepAction } from "../../checks/cluster/kubernetesVersion";
import { checkPriorityClasses, checkPullSecrets } from "../../checks/cluster/scheduling";
import type { ClusterFacts } from "./facts";
import { judge, type Outcome } from "./outcome";
import type { ProgramPlan } from "./program";

/** What else than a node the pods ask for. */
export function podOutcomes({ priorityClasses, pullSecrets, version }: ClusterFacts, plan: ProgramPlan): Outcome[] {
    const unread = Object.values(pullSecrets).find((fact) => "failure" in fact);
    const found = Object.fromEntries(
        Object.entries(pullSecrets).flatMap(([name, fact]) => ("value" in fact ? [[name, fact.value]] : [])),
    );
    return [
        ...(plan.sleeping.length === 0
            ? []
            : [
                  judge("ends of pods", [version], ([found]) => ({
                      findings: checkSleepAction(found ?? "", plan.sleeping),
                      passed: "the API server accepts pods that sleep before they end",
                  })),
              ]),
        ...(priorityClasses === undefined
            ? []
            : [
                  judge("priority classes", [priorityClasses], ([classes]) => ({
                      findings: checkPriorityClasses(classes, plan.pods),
                      passed: "those that the pods name exist",
                  })),
              ]),
        ...(plan.pullSecrets.length === 0
            ? []
            : [
                  judge("pull secrets", [unread ?? { value: true }], () => ({
                      findings: checkPullSecrets(plan.pullSecrets, found),
                      passed: `${Object.keys(found).join(", ")}: there`,
                  })),
              ]),
    ];
}
