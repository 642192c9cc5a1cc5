import { readMeshConfigs } from "../../checks/meshConfig";
import { checkTelemetryInRoot, telemetriesOf } from "../../checks/telemetry";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const telemetryInRoot: Rule = {
    id: "telemetry-in-root-namespace",
    severity: "high",
    levels: { dev: "advisory", ci: "mandatory", prod: "mandatory" },
    reason: "Only a Telemetry in the root namespace counts for the whole mesh; a provider that none uses traces nothing.",
    cure: "Put a Telemetry without a selector into Istio's root namespace.",
    scope: "stack",
    judge: (objects) => checkTelemetryInRoot(telemetriesOf(objects), readMeshConfigs(objects, parseYaml)),
};
