import { checkCollectorPortOwn, readCollectorWorld } from "../../checks/collector/service";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const collectorPortOwn: Rule = {
    id: "collector-port-own",
    severity: "medium",
    levels: { dev: "advisory", ci: "advisory", prod: "advisory" },
    reason: "If sidecars start TLS at port 443 of a host, they encrypt the applications' own HTTPS to this host a second time and break it.",
    cure: "Send spans to a separate port number, with targetPort: 443 in the ServiceEntry.",
    scope: "stack",
    judge: (objects) => {
        const world = readCollectorWorld(objects, parseYaml);
        return world.providers.flatMap((provider) => checkCollectorPortOwn(provider, world));
    },
};
