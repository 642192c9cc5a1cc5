import { checkChartPorts } from "../../checks/collector/chartPorts";
import { checkOtlpPortMarked } from "../../checks/mesh/servicePorts";
import type { Rule } from "../rule";

export const otlpPortMarked: Rule = {
    id: "otlp-grpc-port-marked",
    severity: "critical",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "If the port is not marked as gRPC, sidecars use HTTP/1.1, and the collector rejects every span.",
    cure: "Set appProtocol: grpc on the port.",
    scope: "object",
    judge: (objects) => objects.flatMap((object) => [...checkOtlpPortMarked(object), ...checkChartPorts(object)]),
};
