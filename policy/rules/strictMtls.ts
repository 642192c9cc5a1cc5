import { readMeshConfigs } from "../../checks/meshConfig";
import { checkStrictMtls } from "../../checks/mtls";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const strictMtls: Rule = {
    id: "mtls-strict",
    severity: "high",
    levels: { dev: "disabled", ci: "disabled", prod: "mandatory" },
    reason: "Without STRICT any pod that is not in the mesh may talk to its workloads in plain text.",
    cure: "Set mtlsMode to STRICT, or write such a PeerAuthentication into the root namespace.",
    scope: "stack",
    judge: (objects) => checkStrictMtls(objects, readMeshConfigs(objects, parseYaml)),
};
