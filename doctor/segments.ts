import type { Finding } from "../checks/finding";
import type { Command } from "./remediation/commands";

/** The segments of a span's way, in order. */
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

/** A finding with live evidence, and with commands that fix it. */
export interface DoctorFinding extends Omit<Finding, "object"> {
    segment: SegmentName | "sampling";
    /** True for a fault that exists even if single requests succeed by chance. @default false */
    standing?: boolean;
    /** The evidence, by label. */
    values: Record<string, string>;
    /** Commands that fix it, in order; none if only a person can decide. */
    steps: Command[];
    /** The same as shell commands with kubectl, ready to run. */
    commands: string[];
}

/** The result of one segment. */
export interface Judgement {
    /** `unknown`: there is no evidence, or it ends before this segment. */
    state: "ok" | "broken" | "unknown";
    /** True if its evidence would come from later segments, so that it is not a gap before those. @default false */
    waits?: boolean;
    /** The evidence, by label. */
    values: Record<string, string>;
    findings: DoctorFinding[];
}

/** A {@link Judgement} with its segment. */
export interface SegmentResult extends Judgement {
    segment: SegmentName;
}
