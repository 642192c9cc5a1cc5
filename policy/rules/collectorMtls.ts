import { readMeshConfigs, tracingProvidersOf } from "../../checks/meshConfig";
import { checkCollectorMtls } from "../../checks/mtls";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const collectorMtls: Rule = {
    id: "collector-mtls",
    severity: "critical",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "mTLS that a DestinationRule forces on a collector without a sidecar loses every span, while its host shows as healthy.",
    cure: "Add a DestinationRule for the collector's host with tls mode DISABLE.",
    scope: "stack",
    judge: (objects) =>
        readMeshConfigs(objects, parseYaml)
            .flatMap(tracingProvidersOf)
            .flatMap((provider) => checkCollectorMtls(provider, objects)),
};
