import { checkLegacyMesh, checkLegacyPods } from "../../checks/legacyTracing";
import { readMeshConfigs } from "../../checks/meshConfig";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const legacyTracing: Rule = {
    id: "legacy-tracing-fields",
    severity: "medium",
    levels: { dev: "advisory", ci: "mandatory", prod: "mandatory" },
    reason: "The fields before the Telemetry API reach a pod only when it starts, cannot switch sampling off, and fight the Telemetry.",
    cure: "Remove them, and set an extension provider and a Telemetry.",
    scope: "object",
    judge: (objects) => [
        ...readMeshConfigs(objects, parseYaml).flatMap(checkLegacyMesh),
        ...objects.flatMap((object) => checkLegacyPods(object, parseYaml)),
    ],
};
