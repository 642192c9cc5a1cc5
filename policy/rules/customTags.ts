import { checkObjectTags } from "../../checks/secretHeaders";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const customTags: Rule = {
    id: "custom-tags-secret-headers",
    severity: "critical",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "A credential in a tag can be read by everybody who may look at traces, for as long as they are kept.",
    cure: "Tag what tells who called without letting anybody in.",
    scope: "object",
    options: {
        headers: {
            description: "Further headers that hold credentials.",
            type: "array",
            items: { type: "string" },
            default: [],
        },
    },
    judge: (objects, { headers }) =>
        objects.flatMap((object) => checkObjectTags(object, parseYaml, headers as string[])),
};
