import { readMeshConfigs } from "../../checks/mesh/configuration";
import { checkTelemetryProviders, telemetriesOf } from "../../checks/telemetry/consistency";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const telemetryProvider: Rule = {
    id: "telemetry-provider-exists",
    severity: "critical",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "A Telemetry that names a provider that is not in the mesh configuration turns tracing off silently.",
    cure: "Use the provider's name from extensionProviders of the mesh configuration.",
    scope: "stack",
    judge: (objects) => checkTelemetryProviders(telemetriesOf(objects), readMeshConfigs(objects, parseYaml)),
};
