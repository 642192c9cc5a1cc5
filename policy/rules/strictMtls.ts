import { readMeshConfigs } from "../../checks/mesh/configuration";
import { checkStrictMtls } from "../../checks/mesh/strictMtls";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const strictMtls: Rule = {
    id: "mtls-strict",
    severity: "high",
    levels: { dev: "disabled", ci: "disabled", prod: "mandatory" },
    reason: "Without STRICT, any pod outside the mesh may talk to its workloads in plain text.",
    cure: "Set istio.mtlsMode to STRICT, or create such a PeerAuthentication in the root namespace.",
    scope: "stack",
    judge: (objects) => checkStrictMtls(objects, readMeshConfigs(objects, parseYaml)),
};
