import { readMeshConfigs } from "../../checks/mesh/configuration";
import { checkTelemetryInRoot, telemetriesOf } from "../../checks/telemetry/consistency";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const telemetryInRoot: Rule = {
    id: "telemetry-in-root-namespace",
    severity: "high",
    levels: { dev: "advisory", ci: "mandatory", prod: "mandatory" },
    reason: "Only a Telemetry in the root namespace applies to the whole mesh. A provider that no Telemetry uses traces nothing.",
    cure: "Create a Telemetry without a selector in Istio's root namespace.",
    scope: "stack",
    judge: (objects) => checkTelemetryInRoot(telemetriesOf(objects), readMeshConfigs(objects, parseYaml)),
};
