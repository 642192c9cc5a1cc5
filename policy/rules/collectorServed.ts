import { checkCollectorServed, readCollectorWorld } from "../../checks/collector/service";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const collectorServed: Rule = {
    id: "collector-port-served",
    severity: "critical",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "Istio checks neither the collector's port nor its protocol. If one is wrong, every span is lost silently.",
    cure: "Use the same name, port and protocol in the provider and the Service.",
    scope: "stack",
    judge: (objects) => {
        const world = readCollectorWorld(objects, parseYaml);
        return world.providers.flatMap((provider) => checkCollectorServed(provider, world));
    },
};
