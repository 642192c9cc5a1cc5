import type { Figure, Goal, SectionResult } from "../section";

/** The value below which a share of the samples lies, interpolated; NaN without samples. */
export function quantile(samples: number[], share: number): number {
    const sorted = [...samples].sort((left, right) => left - right);
    const at = (sorted.length - 1) * share;
    const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
    if (below === undefined || above === undefined) return Number.NaN;
    return below + (above - below) * (at - Math.floor(at));
}

/** The middle of the samples. */
export function median(samples: number[]): number {
    return quantile(samples, 0.5);
}

/** Adds a sample to the figure of this identity, which is made when it is not there. */
export function addSample(result: SectionResult, figure: Omit<Figure, "samples">, sample: number): void {
    const found = result.figures.find((one) => identityOf(one) === identityOf(figure));
    if (found === undefined) result.figures.push({ ...figure, samples: [sample] });
    else found.samples.push(sample);
}

/** The median of a figure; NaN while there is none. */
export function medianOf(result: SectionResult, figure: Pick<Figure, "metric" | "subject" | "conditions">): number {
    return median(result.figures.find((one) => identityOf(one) === identityOf(figure))?.samples ?? []);
}

/** Puts a goal in the place of one with the same text; nothing that was not measured becomes one. */
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

function identityOf({ metric, subject, conditions = {} }: Pick<Figure, "metric" | "subject" | "conditions">): string {
    return JSON.stringify([metric, subject, Object.entries(conditions).sort()]);
}
