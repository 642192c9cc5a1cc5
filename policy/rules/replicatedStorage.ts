import { checkReplicatedStorage } from "../../checks/jaeger/replicatedStorage";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const replicatedStorage: Rule = {
    id: "jaeger-storage-replicated",
    severity: "high",
    levels: { dev: "disabled", ci: "disabled", prod: "mandatory" },
    reason: "A span of which Cassandra or a search engine has one copy is lost with one node, and cannot be read while it is away.",
    cure: "Set jaeger.storage.replicationFactor to 3, and keep at least one replica of each index.",
    scope: "stack",
    judge: (objects) => checkReplicatedStorage(objects, parseYaml),
};
