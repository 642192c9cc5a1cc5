import type { Cluster } from "../lab/cluster";

/** One figure, measured one or more times. */
export interface Figure {
    /** What was measured, such as `first trace` or `no-op up`. */
    metric: string;
    /** Whose figure it is, such as `istio-tracing, Pulumi CLI 3.274.1` or `istioctl`. */
    subject: string;
    /**
     * The conditions, such as `{ samplingPercent: 10, protocol: "otlp-grpc" }`; part of the figure's identity. The
     * condition `part` names a part of a whole, such as a phase of a wait: its figures are drawn on top of each other.
     */
    conditions?: Record<string, string | number>;
    /** Such as `s`, `MiB`, `µs CPU/request`. */
    unit: string;
    /** In order of measurement. Empty if not measurable here; a note says why. */
    samples: number[];
    /**
     * Which way is better. `--check` looks at these figures; one that only informs is `neither`.
     * @default "lower"
     */
    better?: "lower" | "higher" | "neither";
}

/** Prefix of this project's subjects. `--check` compares them with the others of the same metric. */
export const OURS = "istio-tracing";

/** The goal of a figure or of a ratio of two figures. */
export interface Goal {
    /** The goal as text, such as `at most half of the best peer`. */
    text: string;
    /** Median, or ratio of medians, that was measured. */
    value: number;
    /** The highest or lowest accepted `value`. */
    limit: { atMost: number } | { atLeast: number };
    unit: string;
    /** Why it is missed, or which part of the project can change it. */
    note?: string;
}

/** The results of a section. Sections write into it while they run, so that an interrupted run keeps its results. */
export interface SectionResult {
    figures: Figure[];
    goals: Goal[];
    /** Sentences about what each figure means for a user, and what was not measured. */
    notes: string[];
}

/** The inputs of a section. */
export interface BenchContext {
    /** The running lab, recreated if an earlier section left it broken. */
    lab: () => Promise<Cluster>;
    /** A new lab instead of the current one: only the node with its own parts. */
    freshLab: () => Promise<Cluster>;
    /** How often each subject is measured, in turns. */
    repeats: number;
    /** Reports one line of progress. */
    say: (line: string) => void;
    /** Aborted by Ctrl-C. Start nothing new afterwards. */
    signal: AbortSignal;
    /** Value of `performance.now()` by which the section should have ended. `takeTurns` respects it. */
    deadline: number;
    /** A folder that is removed at the end. */
    scratch: string;
}

/** A part of the benchmark that can run alone. */
export interface Section {
    /** For `--only`, such as `growth`. */
    name: string;
    title: string;
    /** Usual duration on two idle cores in minutes, at most 10. */
    usualMinutes: number;
    run: (context: BenchContext, result: SectionResult) => Promise<void>;
}
