import { checkObjectTags } from "../../checks/telemetry/secretHeaders";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const customTags: Rule = {
    id: "custom-tags-secret-headers",
    severity: "critical",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "Everybody who can read traces can read a credential in a tag, as long as the traces are kept.",
    cure: "Use a tag that identifies the caller but grants no access.",
    scope: "object",
    options: {
        headers: {
            description: "More headers that contain credentials.",
            type: "array",
            items: { type: "string" },
            default: [],
        },
    },
    judge: (objects, { headers }) =>
        objects.flatMap((object) => checkObjectTags(object, parseYaml, headers as string[])),
};
