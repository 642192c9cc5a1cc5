import { TRACING_PROVIDER } from "./meshConfig";
import type { PlainObject } from "./objects";

/**
 * Spec of the mesh-wide Telemetry: no selector, so that it covers every workload.
 *
 * `samplingPercent` stands beside `providers`: nested under a provider Istio drops it without a word. At 0 span
 * reporting is switched off as well, since a rate of 0 alone still lets `x-client-trace-id` force a span.
 *
 * Source: https://istio.io/latest/docs/reference/config/telemetry/#Tracing
 */
export function renderTelemetrySpec(samplingPercent: number): PlainObject {
    return {
        tracing: [
            {
                providers: [{ name: TRACING_PROVIDER }],
                randomSamplingPercentage: samplingPercent,
                disableSpanReporting: samplingPercent === 0,
            },
        ],
    };
}
