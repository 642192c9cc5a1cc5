import { checkCollectorPortOwn, readCollectorWorld } from "../../checks/collector/service";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const collectorPortOwn: Rule = {
    id: "collector-port-own",
    severity: "medium",
    levels: { dev: "advisory", ci: "advisory", prod: "advisory" },
    reason: "TLS that sidecars start at port 443 of a host wraps the HTTPS of applications to this host once more, and breaks it.",
    cure: "Send spans to a port number of the mesh's own, with targetPort: 443 in the ServiceEntry.",
    scope: "stack",
    judge: (objects) => {
        const world = readCollectorWorld(objects, parseYaml);
        return world.providers.flatMap((provider) => checkCollectorPortOwn(provider, world));
    },
};
