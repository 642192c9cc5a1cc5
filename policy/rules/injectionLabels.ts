import { checkInjectionLabels } from "../../checks/workload/injection";
import type { Rule } from "../rule";

export const injectionLabels: Rule = {
    id: "injection-labels",
    severity: "high",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "Contradictory labels leave a pod without a sidecar, and so without spans.",
    cure: "Keep the one label that you mean, on the namespace or on the pods.",
    scope: "stack",
    judge: checkInjectionLabels,
};
