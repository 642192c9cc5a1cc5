import { readMeshConfigs, tracingProvidersOf } from "../../checks/mesh/configuration";
import { checkProviderHeaders } from "../../checks/telemetry/tracingProviders";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const providerHeaders: Rule = {
    id: "provider-headers-secret",
    severity: "critical",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "Everybody who can read the mesh configuration can read the collector's key in it.",
    cure: "Pass the value to istiod from a Secret, and name the variable in envName.",
    scope: "object",
    judge: (objects) => readMeshConfigs(objects, parseYaml).flatMap(tracingProvidersOf).flatMap(checkProviderHeaders),
};
