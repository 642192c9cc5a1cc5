import { checkUiExposure } from "../../checks/jaegerExposure";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const jaegerUi: Rule = {
    id: "jaeger-ui-private",
    severity: "critical",
    levels: { dev: "advisory", ci: "mandatory", prod: "mandatory" },
    reason: "Traces tell what was called, by whom and with what, to everybody who can open the UI.",
    cure: "Forward the port, or ask for a password or a login before the UI.",
    scope: "stack",
    judge: (objects) => checkUiExposure(objects, parseYaml),
};
