import { checkUiExposure } from "../../checks/jaeger/exposure";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const jaegerUi: Rule = {
    id: "jaeger-ui-private",
    severity: "critical",
    levels: { dev: "advisory", ci: "mandatory", prod: "mandatory" },
    reason: "Traces show what was called, by whom and with what, to everybody who can open the UI.",
    cure: "Use port forwarding, or require a password or a login for the UI.",
    scope: "stack",
    judge: (objects) => checkUiExposure(objects, parseYaml),
};
