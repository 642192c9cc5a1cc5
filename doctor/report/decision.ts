import { describeDecision } from "../../checks/telemetry/samplingDecision";
import type { SamplingReport } from "../analyzers/sampling/report";

/** What decided a rate, for people. */
export function describeDecidedBy(decidedBy: SamplingReport["decidedBy"]): string {
    return decidedBy.source === "unread"
        ? `objects that could not be read: ${decidedBy.reason}`
        : describeDecision(decidedBy);
}
