import type { SamplingDecision } from "../../checks/telemetry/samplingDecision";

/** The rate in a sidecar's live configuration and according to the objects. */
export interface LiveRate {
    pod: string;
    /** `namespace/workload` of that pod. */
    workload: string;
    /** Whether the rate is for requests that it sends or receives. */
    side: "client" | "server";
    configuredPercent: number;
    decidedBy: SamplingDecision;
    livePercent: number;
    /** The same without the upper limit `overall_sampling` of a listener, which is a fault of its own. */
    drawnPercent: number;
    /** Keys of the sidecar's runtime that override its configuration. @default none */
    overriddenBy?: string[];
}
