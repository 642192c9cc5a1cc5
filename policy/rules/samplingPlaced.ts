import { readMeshConfigs } from "../../checks/mesh/configuration";
import { checkMeshSamplingPlaced, checkSamplingPlaced } from "../../checks/telemetry/samplingRates";
import { telemetriesOf } from "../../checks/telemetry/consistency";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const samplingPlaced: Rule = {
    id: "sampling-placed",
    severity: "high",
    levels: { dev: "mandatory", ci: "mandatory", prod: "mandatory" },
    reason: "A rate in a field that nothing reads is dropped silently, and 1 percent is recorded.",
    cure: "Set randomSamplingPercentage next to providers in spec.tracing of a Telemetry, as a number from 0 to 100.",
    scope: "object",
    judge: (objects) => [
        ...telemetriesOf(objects).flatMap(checkSamplingPlaced),
        ...readMeshConfigs(objects, parseYaml).flatMap(checkMeshSamplingPlaced),
    ],
};
