import { checkOneTelemetry, telemetriesOf } from "../../checks/telemetry";
import type { Rule } from "../rule";

export const oneTelemetry: Rule = {
    id: "telemetry-one-per-namespace",
    severity: "high",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "Of several Telemetries without a selector Istio takes the oldest and drops the others.",
    cure: "Merge them into one, or give the others a selector.",
    scope: "stack",
    judge: (objects) => checkOneTelemetry(telemetriesOf(objects)),
};
