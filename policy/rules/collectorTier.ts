import { checkTierWorkloads } from "../../checks/collector/tierWorkloads";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const collectorTier: Rule = {
    id: "collector-tier",
    severity: "high",
    levels: { dev: "advisory", ci: "mandatory", prod: "mandatory" },
    reason: "Collectors that get only some spans of a trace, that trace themselves, or that cannot find each other lose traces without an error. Not judged: the configuration of Grafana Alloy, which is not YAML.",
    cure: "Put load_balancing before several samplers, with the right to read EndpointSlices; keep both outside of the mesh, with a grace period above the decision wait.",
    scope: "stack",
    judge: (objects) => checkTierWorkloads(objects, parseYaml),
};
