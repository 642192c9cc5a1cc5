import { checkDurableStorage } from "../../checks/jaegerConfig";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const durableStorage: Rule = {
    id: "jaeger-storage-durable",
    severity: "high",
    levels: { dev: "disabled", ci: "disabled", prod: "mandatory" },
    reason: "Traces in memory are gone with Jaeger's pod, which may be moved at any time.",
    cure: "Set another jaegerStorage than memory.",
    scope: "object",
    judge: (objects) => objects.flatMap((object) => checkDurableStorage(object, parseYaml)),
};
