import { checkTailSamplingPolicies } from "../../checks/collector/tailSamplingPolicies";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const tailSamplingPolicies: Rule = {
    id: "tail-sampling-policies",
    severity: "medium",
    levels: { dev: "advisory", ci: "advisory", prod: "advisory" },
    reason:
        "A trace is kept if any tail sampling policy matches it, so a separate rate limit policy adds traces, and an " +
        "error that only the caller sees keeps a trace.",
    cure: "Put limits around policies with `and` or `composite`, and keep errors by an ottl_condition on server spans.",
    scope: "object",
    judge: (objects) => checkTailSamplingPolicies(objects, parseYaml),
};
