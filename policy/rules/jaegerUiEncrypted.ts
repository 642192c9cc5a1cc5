import { checkUiEncrypted } from "../../checks/jaeger/routes";
import type { Rule } from "../rule";

export const jaegerUiEncrypted: Rule = {
    id: "jaeger-ui-encrypted",
    severity: "critical",
    levels: { dev: "advisory", ci: "advisory", prod: "mandatory" },
    reason: "Without TLS, anybody on the network path can read the password and every trace.",
    cure: "Set ui.tls.mode to certManager or secret.",
    scope: "stack",
    judge: checkUiEncrypted,
};
