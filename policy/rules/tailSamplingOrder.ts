import { checkTailSamplingOrder } from "../../checks/collector/tailSamplingOrder";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const tailSamplingOrder: Rule = {
    id: "tail-sampling-order",
    severity: "high",
    levels: { dev: "advisory", ci: "advisory", prod: "mandatory" },
    reason: "A Collector that samples whole traces keeps them in memory. Without a limiter it is killed with all of them; a batch before the decision doubles them.",
    cure: "Order the processors of the pipeline: memory_limiter, others, tail_sampling, batch.",
    scope: "object",
    judge: (objects) => checkTailSamplingOrder(objects, parseYaml),
};
