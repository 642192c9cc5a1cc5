import { readMeshConfigs, tracingProvidersOf } from "../../checks/mesh/configuration";
import { checkCollectorMtls } from "../../checks/collector/mtls";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const collectorMtls: Rule = {
    id: "collector-mtls",
    severity: "critical",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "If a rule forces mTLS on a collector without a sidecar, or turns it off for one that admits only the mesh, every span is lost.",
    cure: "Add a DestinationRule for the collector's host: tls mode DISABLE without a sidecar, ISTIO_MUTUAL with one.",
    scope: "stack",
    judge: (objects) =>
        readMeshConfigs(objects, parseYaml)
            .flatMap(tracingProvidersOf)
            .flatMap((provider) => checkCollectorMtls(provider, objects)),
};
