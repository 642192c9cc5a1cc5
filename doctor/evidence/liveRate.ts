import type { SamplingDecision } from "../../checks/telemetry/samplingDecision";

/** The rate in a sidecar's live configuration, beside what objects say. */
export interface LiveRate {
    pod: string;
    /** `namespace/workload` of that pod. */
    workload: string;
    /** Whether what it sends is meant, or what it gets. */
    side: "client" | "server";
    configuredPercent: number;
    decidedBy: SamplingDecision;
    livePercent: number;
}
