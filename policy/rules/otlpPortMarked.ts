import { checkChartPorts } from "../../checks/chartPorts";
import { checkOtlpPortMarked } from "../../checks/servicePorts";
import type { Rule } from "../rule";

export const otlpPortMarked: Rule = {
    id: "otlp-grpc-port-marked",
    severity: "critical",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "Without the mark sidecars speak HTTP/1.1 to a gRPC port, and the collector refuses every span.",
    cure: "Set appProtocol: grpc on the port.",
    scope: "object",
    judge: (objects) => objects.flatMap((object) => [...checkOtlpPortMarked(object), ...checkChartPorts(object)]),
};
