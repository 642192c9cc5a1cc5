import type { Cluster } from "../lab/cluster";

/** One figure, measured one or more times. */
export interface Figure {
    /** What was measured, such as `first trace` or `no-op up`. */
    metric: string;
    /** Whose figure it is, such as `istio-tracing, Pulumi CLI 3.274.1` or `istioctl`. */
    subject: string;
    /**
     * Under which conditions, such as `{ samplingPercent: 10, protocol: "otlp-grpc" }`; part of the figure's identity.
     * The condition `part` names a part of a whole, such as a phase of a wait: its figures are drawn on top of each other.
     */
    conditions?: Record<string, string | number>;
    /** Such as `s`, `MiB`, `µs CPU/request`. */
    unit: string;
    /** In the order in which they were taken. Empty for what could not be measured here; a note says why. */
    samples: number[];
    /**
     * Which way is better. `--check` looks at these figures; one that only informs is `neither`.
     * @default "lower"
     */
    better?: "lower" | "higher" | "neither";
}

/** Subjects of this project begin with this: `--check` compares them with the others of the same metric. */
export const OURS = "istio-tracing";

/** What a figure, or the ratio of two, should be. */
export interface Goal {
    /** The goal in words, such as `at most half of the best peer`. */
    text: string;
    /** Median, or ratio of medians, that was measured. */
    value: number;
    /** `value` must not be above it, or below it. */
    limit: { atMost: number } | { atLeast: number };
    unit: string;
    /** Why it is missed, or which part of the project will change it. */
    note?: string;
}

/** What a section finds out. Sections write into it while they run, so that an interrupted run keeps what it has. */
export interface SectionResult {
    figures: Figure[];
    goals: Goal[];
    /** What each figure means for a user, and what was not measured, in sentences. */
    notes: string[];
}

/** What a section gets to work with. */
export interface BenchContext {
    /** The lab, up; made anew when an earlier section left it broken. */
    lab: () => Promise<Cluster>;
    /** A new lab in place of the one that is there: the node with its own parts and nothing else. */
    freshLab: () => Promise<Cluster>;
    /** How often each subject is measured, in turns. */
    repeats: number;
    /** Says one line of progress. */
    say: (line: string) => void;
    /** Aborted by Ctrl-C: begin nothing new. */
    signal: AbortSignal;
    /** Value of `performance.now()` by which the section should have ended. `takeTurns` keeps to it. */
    deadline: number;
    /** A folder that is removed at the end. */
    scratch: string;
}

/** A part of the benchmark that can be run alone. */
export interface Section {
    /** For `--only`, such as `growth`. */
    name: string;
    title: string;
    /** Minutes that it usually takes on two idle cores; at most 10. */
    usualMinutes: number;
    run: (context: BenchContext, result: SectionResult) => Promise<void>;
}
