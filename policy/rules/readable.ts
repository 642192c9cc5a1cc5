import { checkReadable } from "../../checks/manifest/readable";
import type { Rule } from "../rule";
import { readYaml } from "../yaml";

export const readable: Rule = {
    id: "configuration-readable",
    severity: "critical",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "A configuration that its program cannot read, or reads in part, leaves tracing as it was, or off.",
    cure: "Write it as YAML, rendered, with the names of fields as the reference spells them.",
    scope: "object",
    judge: (objects) => objects.flatMap((object) => checkReadable(object, readYaml)),
};
