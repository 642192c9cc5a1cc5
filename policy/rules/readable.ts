import { checkReadable } from "../../checks/manifest/readable";
import type { Rule } from "../rule";
import { readYaml } from "../yaml";

export const readable: Rule = {
    id: "configuration-readable",
    severity: "critical",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "If a program cannot read its configuration, or reads only a part of it, tracing keeps its former state or is off.",
    cure: "Write it as valid YAML without templates, and spell field names as in the reference.",
    scope: "object",
    judge: (objects) => objects.flatMap((object) => checkReadable(object, readYaml)),
};
