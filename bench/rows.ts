import { describeConditions } from "./record";
import type { Figure, Goal } from "./section";
import { formatNumber, summarize } from "./statistics";

/** One figure as the cells of a table. */
export interface Row {
    metric: string;
    conditions: string;
    subject: string;
    median: string;
    spread: string;
    samples: string;
}

export const COLUMNS: (keyof Row)[] = ["metric", "conditions", "subject", "median", "spread", "samples"];
export const HEAD: Row = {
    metric: "what",
    conditions: "under",
    subject: "whose",
    median: "median",
    spread: "min to max",
    samples: "n",
};

/** Figures for a table. A figure without samples appears as not measured. */
export function figureRows(figures: readonly Figure[]): Row[] {
    return figures.map((figure) => {
        const { metric, subject, unit, samples } = figure;
        const found = summarize(samples);
        const about = { metric, subject, conditions: describeConditions(figure), samples: String(samples.length) };
        if (found === undefined) return { ...about, median: "not measured", spread: "" };
        const spread = found.count === 1 ? "" : `${formatNumber(found.min)} to ${formatNumber(found.max)}`;
        return { ...about, median: `${formatNumber(found.median)} ${unit}`, spread };
    });
}

/** Whether a goal is met. */
export function isMet({ value, limit }: Goal): boolean {
    return "atMost" in limit ? value <= limit.atMost : value >= limit.atLeast;
}

/** The limit of a goal, for people. */
export function describeLimit({ limit, unit }: Goal): string {
    const [word, value] = "atMost" in limit ? ["at most", limit.atMost] : ["at least", limit.atLeast];
    return `${word} ${formatNumber(value)} ${unit}`.trim();
}
