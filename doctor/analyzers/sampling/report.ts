import type { SamplingDecision } from "../../../checks/telemetry/samplingDecision";
import type { ShapeEvidence } from "../../evidence/requestIdShapes";

/** What is said, what is live and what is true of the sampling at the path's first hop. */
export interface SamplingReport {
    /** Percent of new traces by the objects. */
    configuredPercent: number;
    decidedBy: SamplingDecision | UnreadDecision;
    /** Percent in the sidecar's live configuration; undefined when that was not read. */
    livePercent: number | undefined;
    /** The route that has a rate of its own, which is the live one then. */
    liveRoute?: string;
    requests: number;
    traces: number | undefined;
    /** Percent between which the true share lies, with 95 percent confidence. */
    interval: { least: number; greatest: number } | undefined;
    /** The target's own percentage; it decides nothing for requests that arrive with a context. */
    targetPercent: number | undefined;
    /** What becomes of requests whose x-request-id is no UUID; undefined where that was not seen, or nothing is recorded. */
    foreignIds: ShapeEvidence[] | undefined;
}

/** Stands for a decision if objects that may decide could not be read. */
export interface UnreadDecision {
    source: "unread";
    /** What the cluster said, in words. */
    reason: string;
}
