import { checkContainerResources } from "../../checks/workload/containerResources";
import type { Rule } from "../rule";

export const resourcesSet: Rule = {
    id: "resources-set",
    severity: "medium",
    levels: { dev: "advisory", ci: "mandatory", prod: "mandatory" },
    reason: "A container without requests and a memory limit starves its neighbors, or is the first to be evicted.",
    cure: "Set requests for CPU and memory, and a limit for memory.",
    scope: "object",
    judge: (objects) => objects.flatMap(checkContainerResources),
};
