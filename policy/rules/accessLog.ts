import { checkAccessLog } from "../../checks/telemetry/accessLog";
import { readMeshConfigs } from "../../checks/mesh/configuration";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const accessLog: Rule = {
    id: "access-log-trace-id",
    severity: "medium",
    levels: { dev: "advisory", ci: "mandatory", prod: "mandatory" },
    reason: "With the OpenTelemetry provider, B3 headers are empty, so no line of the access log contains a trace ID.",
    cure: "Use %TRACE_ID% or %REQ(TRACEPARENT)% in the format.",
    scope: "object",
    judge: (objects) => readMeshConfigs(objects, parseYaml).flatMap(checkAccessLog),
};
