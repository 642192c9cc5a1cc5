import { checkBasePath } from "../../checks/jaeger/routes";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const jaegerBasePath: Rule = {
    id: "jaeger-base-path",
    severity: "medium",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "If a route's path is not Jaeger's base path, the page stays blank.",
    cure: "Set both to the same path, without a rewrite.",
    scope: "stack",
    judge: (objects) => checkBasePath(objects, parseYaml),
};
