import { readMeshConfigs } from "../../checks/mesh/configuration";
import { checkTelemetryRevision, telemetriesOf } from "../../checks/telemetry/consistency";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const telemetryRevision: Rule = {
    id: "telemetry-revision",
    severity: "medium",
    levels: { dev: "advisory", ci: "advisory", prod: "advisory" },
    reason: "A Telemetry with the label istio.io/rev applies only to the sidecars of exactly that revision.",
    cure: "Remove the label, or set it to a revision, never to a tag.",
    scope: "stack",
    judge: (objects) => checkTelemetryRevision(telemetriesOf(objects), readMeshConfigs(objects, parseYaml)),
};
