import { readMeshConfigs, tracingProvidersOf } from "../../checks/mesh/configuration";
import { checkOtlpHttp } from "../../checks/telemetry/tracingProviders";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const otlpHttp: Rule = {
    id: "otlp-http-complete",
    severity: "critical",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "OTLP over HTTP without a path loses every span. Without a timeout, Envoy rejects every listener, so new pods hang.",
    cure: "Set http.path to /v1/traces and http.timeout to 3s.",
    scope: "object",
    judge: (objects) => readMeshConfigs(objects, parseYaml).flatMap(tracingProvidersOf).flatMap(checkOtlpHttp),
};
