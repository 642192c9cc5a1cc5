import { recorder } from "../recorder";
import type { Figure, Goal, SectionResult } from "../section";
import { quantile, summarize } from "../statistics";

/** The value below which a share of the samples lies; NaN without samples. */
export function quantileOf(samples: number[], share: number): number {
    return quantile(
        [...samples].sort((left, right) => left - right),
        share,
    );
}

/** Adds a sample to the figure with this identity, which is created if missing. */
export function addSample(result: SectionResult, figure: Omit<Figure, "samples">, sample: number): void {
    recorder(result).record(figure, sample);
}

/** The median of a figure; NaN if there is none. */
export function medianOf(result: SectionResult, figure: Omit<Figure, "samples">): number {
    const { samples } = recorder({ figures: structuredClone(result.figures) }).declare(figure);
    return summarize(samples)?.median ?? Number.NaN;
}

/** Replaces the goal with the same text, or adds it. Unmeasured values do not become goals. */
export function setGoal(result: SectionResult, goal: Goal): void {
    if (Number.isNaN(goal.value)) return;
    const at = result.goals.findIndex(({ text }) => text === goal.text);
    if (at < 0) result.goals.push(goal);
    else result.goals[at] = goal;
}

/** Adds a note once. */
export function addNote(result: SectionResult, note: string): void {
    if (!result.notes.includes(note)) result.notes.push(note);
}
