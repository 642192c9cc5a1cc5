import { checkReplicatedStorage } from "../../checks/jaeger/replicatedStorage";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const replicatedStorage: Rule = {
    id: "jaeger-storage-replicated",
    severity: "high",
    levels: { dev: "disabled", ci: "disabled", prod: "mandatory" },
    reason:
        "If Cassandra or a search engine has only one copy of a span, the span is lost with its node, and cannot be " +
        "read while that node is down.",
    cure: "Set jaeger.storage.replicationFactor to 3, and keep at least one replica of each index.",
    scope: "stack",
    judge: (objects) => checkReplicatedStorage(objects, parseYaml),
};
