import { checkLegacyMesh, checkLegacyPods } from "../../checks/telemetry/legacyTracing";
import { readMeshConfigs } from "../../checks/mesh/configuration";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const legacyTracing: Rule = {
    id: "legacy-tracing-fields",
    severity: "medium",
    levels: { dev: "advisory", ci: "mandatory", prod: "mandatory" },
    reason: "The fields from before the Telemetry API reach a pod only when it starts, cannot turn sampling off, and conflict with the Telemetry.",
    cure: "Remove them, and use an extension provider and a Telemetry.",
    scope: "object",
    judge: (objects) => [
        ...readMeshConfigs(objects, parseYaml).flatMap(checkLegacyMesh),
        ...objects.flatMap((object) => checkLegacyPods(object, parseYaml)),
    ],
};
