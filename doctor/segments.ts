import type { Finding } from "../checks/finding";
import type { Command } from "./remediation/commands";

/** The segments of a span's way, in the order in which it passes them. */
export const SEGMENTS = [
    "entry",
    "sidecar",
    "routing",
    "propagation",
    "export",
    "reception",
    "storage",
    "query",
] as const;

/** One segment of a span's way. */
export type SegmentName = (typeof SEGMENTS)[number];

/** A finding with what was read live, and with commands that mend it. */
export interface DoctorFinding extends Omit<Finding, "object"> {
    segment: SegmentName | "sampling";
    /** True for a fault that is there whatever single requests meet by luck. @default false */
    standing?: boolean;
    /** What was read, by what it is. */
    values: Record<string, string>;
    /** What mends it, in this order; none where only a person can decide. */
    steps: Command[];
    /** The same for a shell with kubectl, to be run as they are. */
    commands: string[];
}

/** What one segment was seen to do. */
export interface Judgement {
    /** `unknown`: the evidence could not be had, or it ends before this segment. */
    state: "ok" | "broken" | "unknown";
    /** True where its evidence would come from later segments, so that it is no gap before those. @default false */
    waits?: boolean;
    /** What was read, by what it is. */
    values: Record<string, string>;
    findings: DoctorFinding[];
}

/** A {@link Judgement} with its segment. */
export interface SegmentResult extends Judgement {
    segment: SegmentName;
}
