import { readCollectorWorld } from "../../checks/collector/service";
import { checkCollectorName } from "../../checks/telemetry/tracingProviders";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const collectorName: Rule = {
    id: "collector-fqdn",
    severity: "critical",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "Sidecars ignore a collector whose name is not in istiod's registry, and trace nothing.",
    cure: "Use the full name of the Service, or add a ServiceEntry for an external host.",
    scope: "stack",
    judge: (objects) => {
        const { providers, registry } = readCollectorWorld(objects, parseYaml);
        return providers.flatMap((provider) => checkCollectorName(provider, registry));
    },
};
