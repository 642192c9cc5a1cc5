import { checkOneTelemetry, telemetriesOf } from "../../checks/telemetry/consistency";
import type { Rule } from "../rule";

export const oneTelemetry: Rule = {
    id: "telemetry-one-per-namespace",
    severity: "high",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "If a namespace has several Telemetries without a selector, Istio uses the oldest and ignores the others.",
    cure: "Merge them into one, or give the others a selector.",
    scope: "stack",
    judge: (objects) => checkOneTelemetry(telemetriesOf(objects)),
};
