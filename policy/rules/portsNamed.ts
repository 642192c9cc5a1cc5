import { checkPortsNamed } from "../../checks/servicePorts";
import type { Rule } from "../rule";

export const portsNamed: Rule = {
    id: "service-ports-named",
    severity: "medium",
    levels: { dev: "advisory", ci: "mandatory", prod: "mandatory" },
    reason: "Requests to a port of unknown protocol may pass as TCP, and then have no span.",
    cure: "Set appProtocol on every Service port, or name it after its protocol.",
    scope: "object",
    judge: (objects) => objects.flatMap(checkPortsNamed),
};
