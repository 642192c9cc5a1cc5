import { checkDurableStorage } from "../../checks/jaeger/durableStorage";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const durableStorage: Rule = {
    id: "jaeger-storage-durable",
    severity: "high",
    levels: { dev: "disabled", ci: "disabled", prod: "mandatory" },
    reason: "Traces in memory, or in files of the pod, are lost with Jaeger's pod, which Kubernetes may move at any time.",
    cure: "Set jaeger.storage to a type other than memory, such as badger or opensearch. Put badger on a volume that outlives the pod.",
    scope: "stack",
    judge: (objects) => checkDurableStorage(objects, parseYaml),
};
