import { describeDecision } from "../../checks/telemetry/samplingDecision";
import type { SamplingReport } from "../analyzers/sampling/report";

/** Who decided a rate, in words. */
export function describeDecidedBy(decidedBy: SamplingReport["decidedBy"]): string {
    return decidedBy.source === "unread" ? `what could not be read: ${decidedBy.reason}` : describeDecision(decidedBy);
}
