import type { SamplingDecision } from "../../../checks/telemetry/samplingDecision";
import type { ShapeEvidence } from "../../evidence/requestIdShapes";

/** The configured, the live and the measured sampling at the path's first hop. */
export interface SamplingReport {
    /** Percentage of new traces according to the objects. */
    configuredPercent: number;
    decidedBy: SamplingDecision | UnreadDecision;
    /** Percentage in the sidecar's live configuration; undefined if not read. */
    livePercent: number | undefined;
    /** The route with its own rate, which is then the live one. */
    liveRoute?: string;
    /** Keys of the sidecar's runtime that override its configuration. */
    liveRuntime?: string[];
    requests: number;
    traces: number | undefined;
    /** Bounds of the true share in percent, with 95 percent confidence. */
    interval: { least: number; greatest: number } | undefined;
    /** The target's own percentage, which does not apply to requests that arrive with a trace context. */
    targetPercent: number | undefined;
    /** What happens to requests whose x-request-id is not a UUID; undefined if unknown, or if nothing is recorded. */
    foreignIds: ShapeEvidence[] | undefined;
}

/** Replaces a decision if objects that may decide could not be read. */
export interface UnreadDecision {
    source: "unread";
    /** The cluster's answer, for people. */
    reason: string;
}
