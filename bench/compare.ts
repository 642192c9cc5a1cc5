import { groupBy } from "../shared/values/groupBy";
import { type BenchRecord, describeConditions, type SectionRecord } from "./record";
import { OURS, type Figure } from "./section";
import { ratio, type Ratio } from "./statistics";

/** A ratio may be this much worse before it is reported, because machines and runs differ. */
const TOLERANCE = 1.1;
/** The same with fewer than three samples, whose spread is not meaningful. */
const TOLERANCE_OF_FEW = 1.25;
const FEW = 3;

/** The comparison of a ratio of two figures with the same ratio of an earlier run. */
export interface Comparison {
    section: string;
    metric: string;
    /** What is compared with what. */
    over: string;
    under: string;
    /** Undefined if the earlier run did not have both figures. */
    then: Ratio | undefined;
    now: Ratio;
    verdict: "worse" | "better" | "same" | "new";
}

/** The result of `--check`. */
export interface Check {
    comparisons: Comparison[];
    /** Ratios of the earlier run that this run does not have, in the sections that ran. */
    missing: string[];
}

interface Pair {
    key: string;
    section: string;
    metric: string;
    over: Figure;
    under: Figure;
}

/** Compares the ratios of a run with those of an earlier one, only in sections that ran. */
export function compareRecords(earlier: BenchRecord, now: BenchRecord): Check {
    const names = now.sections.map(({ name }) => name);
    const before = ratios(earlier.sections.filter(({ name }) => names.includes(name)));
    const after = ratios(now.sections);
    const comparisons = [...after].map(([key, { pair, value }]): Comparison => {
        const then = before.get(key)?.value;
        const verdict = then === undefined ? "new" : judge(then, value, pair.over.better ?? "lower");
        const { section, metric } = pair;
        return { section, metric, over: label(pair.over), under: label(pair.under), then, now: value, verdict };
    });
    const missing = [...before].flatMap(([key, { pair }]) =>
        after.has(key) ? [] : [`${pair.section}, ${pair.metric}: ${label(pair.over)} to ${label(pair.under)}`],
    );
    return { comparisons, missing };
}

/** Worse only by more than the tolerance and the spread of both runs. */
export function judge(then: Ratio, now: Ratio, better: "lower" | "higher" | "neither"): Comparison["verdict"] {
    const tolerance = Math.min(then.count, now.count) < FEW ? TOLERANCE_OF_FEW : TOLERANCE;
    const grown = now.value > then.value * tolerance && now.low > then.high;
    const shrunk = now.value * tolerance < then.value && now.high < then.low;
    if ((!grown && !shrunk) || better === "neither") return "same";
    return grown === (better === "lower") ? "worse" : "better";
}

function ratios(sections: SectionRecord[]): Map<string, { pair: Pair; value: Ratio }> {
    const found = new Map<string, { pair: Pair; value: Ratio }>();
    for (const pair of sections.flatMap(pairs)) {
        const value = ratio(pair.over.samples, pair.under.samples);
        if (value !== undefined) found.set(pair.key, { pair, value });
    }
    return found;
}

/**
 * This project's figure and each peer's under the same conditions; for a metric without a peer, each figure and the
 * metric's first.
 */
function pairs({ name: section, figures }: SectionRecord): Pair[] {
    const metrics = groupBy(
        figures.filter(({ better }) => better !== "neither"),
        ({ metric, unit }) => `${metric} (${unit})`,
    );
    return [...metrics].flatMap(([metric, all]) => {
        const ours = all.filter(({ subject }) => subject.startsWith(OURS));
        const peers = all.filter(({ subject }) => !subject.startsWith(OURS));
        const beside = ours.flatMap((over) =>
            peers.flatMap((under) => (describeConditions(over) === describeConditions(under) ? [{ over, under }] : [])),
        );
        const [first, ...others] = all;
        const within = first === undefined ? [] : others.map((over) => ({ over, under: first }));
        return (beside.length > 0 ? beside : within).map(({ over, under }) => ({
            ...{ section, metric, over, under },
            key: [section, metric, label(over), label(under)].join("\n"),
        }));
    });
}

/** Versions differ between runs and are not compared. */
function label(figure: Figure): string {
    const conditions = describeConditions(figure);
    const subject = figure.subject.replace(/ v?\d+(\.\d+)+\S*/g, "");
    return conditions === "" ? subject : `${subject} (${conditions})`;
}
