import { checkCollectorServed, readCollectorWorld } from "../../checks/collectorService";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const collectorServed: Rule = {
    id: "collector-port-served",
    severity: "critical",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "Istio checks neither the collector's port nor its protocol, and every span is lost without a word.",
    cure: "Let provider and Service agree on name, port and protocol.",
    scope: "stack",
    judge: (objects) => {
        const world = readCollectorWorld(objects, parseYaml);
        return world.providers.flatMap((provider) => checkCollectorServed(provider, world));
    },
};
