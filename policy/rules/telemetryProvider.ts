import { readMeshConfigs } from "../../checks/meshConfig";
import { checkTelemetryProviders, telemetriesOf } from "../../checks/telemetry";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const telemetryProvider: Rule = {
    id: "telemetry-provider-exists",
    severity: "critical",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "A Telemetry that names a provider which the mesh configuration lacks switches tracing off, and nothing says so.",
    cure: "Name the provider as extensionProviders of the mesh configuration does.",
    scope: "stack",
    judge: (objects) => checkTelemetryProviders(telemetriesOf(objects), readMeshConfigs(objects, parseYaml)),
};
