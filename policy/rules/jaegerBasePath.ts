import { checkBasePath } from "../../checks/jaegerRoutes";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const jaegerBasePath: Rule = {
    id: "jaeger-base-path",
    severity: "medium",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "A route whose path is not Jaeger's base path shows a page without its parts.",
    cure: "Set both to the same path, and rewrite nothing.",
    scope: "stack",
    judge: (objects) => checkBasePath(objects, parseYaml),
};
