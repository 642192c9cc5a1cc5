import { checkRestricted } from "../../checks/workload/podSecurity";
import { EXEMPT, type Rule } from "../rule";

export const restricted: Rule = {
    id: "restricted-security-context",
    severity: "high",
    levels: { dev: "advisory", ci: "mandatory", prod: "mandatory" },
    reason: "A flaw in a container that may become root, or that keeps capabilities, puts the whole node at risk.",
    cure: "Meet the Pod Security Standard restricted.",
    scope: "object",
    options: {
        exempt: { ...EXEMPT, default: [...EXEMPT.default, "DaemonSet */istio-cni-node", "DaemonSet */ztunnel"] },
    },
    judge: (objects) => objects.flatMap(checkRestricted),
};
