import { checkRestricted } from "../../checks/podSecurity";
import { EXEMPT, type Rule } from "../rule";

export const restricted: Rule = {
    id: "restricted-security-context",
    severity: "high",
    levels: { dev: "advisory", ci: "mandatory", prod: "mandatory" },
    reason: "A container that may become root, or keep capabilities, turns a fault in it into one of the node.",
    cure: "Meet the Pod Security Standard restricted.",
    scope: "object",
    options: {
        exempt: { ...EXEMPT, default: [...EXEMPT.default, "DaemonSet */istio-cni-node", "DaemonSet */ztunnel"] },
    },
    judge: (objects) => objects.flatMap(checkRestricted),
};
