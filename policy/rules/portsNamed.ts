import { checkPortsNamed } from "../../checks/mesh/servicePorts";
import type { Rule } from "../rule";

export const portsNamed: Rule = {
    id: "service-ports-named",
    severity: "medium",
    levels: { dev: "advisory", ci: "mandatory", prod: "mandatory" },
    reason: "Sidecars may treat a port of unknown protocol as TCP, and then report no spans for its requests.",
    cure: "Set appProtocol on every Service port, or name it after its protocol.",
    scope: "object",
    judge: (objects) => objects.flatMap(checkPortsNamed),
};
