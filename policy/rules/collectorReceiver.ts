import { checkCollectorReceiver } from "../../checks/collector/receiver";
import { readCollectorWorld } from "../../checks/collector/service";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const collectorReceiver: Rule = {
    id: "collector-receiver",
    severity: "critical",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "A collector that listens on localhost, on another port or with its own TLS is ready, but receives no span.",
    cure: 'Make the receiver listen on every address, as in endpoint: ":4317", at the port that the Service targets.',
    scope: "stack",
    judge: (objects) => {
        const world = readCollectorWorld(objects, parseYaml);
        return world.providers.flatMap((provider) => checkCollectorReceiver(provider, world));
    },
};
