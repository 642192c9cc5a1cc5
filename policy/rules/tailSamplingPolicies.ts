import { checkTailSamplingPolicies } from "../../checks/collector/tailSamplingPolicies";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const tailSamplingPolicies: Rule = {
    id: "tail-sampling-policies",
    severity: "medium",
    levels: { dev: "advisory", ci: "advisory", prod: "advisory" },
    reason: "A trace is kept if any policy of tail sampling wants it, so that a rate limit of its own adds traces, and an error that only the caller sees keeps one.",
    cure: "Put limits around policies with `and` or `composite`, and keep errors by an ottl_condition on server spans.",
    scope: "object",
    judge: (objects) => checkTailSamplingPolicies(objects, parseYaml),
};
