import { readMeshConfigs } from "../../checks/mesh/configuration";
import { checkSamplingCap } from "../../checks/telemetry/samplingRates";
import { telemetriesOf } from "../../checks/telemetry/consistency";
import type { Rule } from "../rule";
import { parseYaml } from "../yaml";

export const samplingCap: Rule = {
    id: "sampling-cap",
    severity: "high",
    levels: { dev: "disabled", ci: "disabled", prod: "mandatory" },
    reason: "Recording more traces than production needs costs CPU in every sidecar and fills the storage.",
    cure: "Lower samplingPercent, or raise maxPercent if the collector is sized for it or samples whole traces itself.",
    scope: "object",
    options: {
        maxPercent: {
            description: "Highest sampling, in percent of new traces.",
            type: "number",
            minimum: 0,
            maximum: 100,
            default: 10,
        },
    },
    judge: (objects, { maxPercent }) =>
        checkSamplingCap(telemetriesOf(objects), readMeshConfigs(objects, parseYaml), maxPercent as number),
};
