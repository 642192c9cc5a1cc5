import { checkInjectionLabels } from "../../checks/injection";
import type { Rule } from "../rule";

export const injectionLabels: Rule = {
    id: "injection-labels",
    severity: "high",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "Labels that contradict each other leave a pod without a sidecar, and so without a span.",
    cure: "Keep one label that says what is meant, on the namespace or on the pods.",
    scope: "stack",
    judge: checkInjectionLabels,
};
