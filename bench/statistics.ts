/** A summary of a figure's samples. */
export interface Summary {
    median: number;
    min: number;
    max: number;
    count: number;
}

/** The median of samples, and their spread; undefined if there are none. */
export function summarize(samples: readonly number[]): Summary | undefined {
    const sorted = [...samples].sort((left, right) => left - right);
    const [min] = sorted;
    const max = sorted.at(-1);
    if (min === undefined || max === undefined) return undefined;
    return { median: quantile(sorted, 0.5), min, max, count: sorted.length };
}

/** The value below which a share of sorted samples lies, interpolated between the two nearest samples if needed. */
export function quantile(sorted: readonly number[], share: number): number {
    const at = (sorted.length - 1) * share;
    const low = sorted[Math.floor(at)] ?? Number.NaN;
    const high = sorted[Math.ceil(at)] ?? Number.NaN;
    return low + (high - low) * (at - Math.floor(at));
}

/** The median of a ratio of two figures of one run, and its range from the spread of both. */
export interface Ratio {
    value: number;
    low: number;
    high: number;
    /** Samples of the figure that has fewer. */
    count: number;
}

/** The ratio of one figure to another; undefined without samples or with a zero denominator. */
export function ratio(samples: readonly number[], reference: readonly number[]): Ratio | undefined {
    const [over, under] = [summarize(samples), summarize(reference)];
    if (over === undefined || under === undefined || under.min <= 0) return undefined;
    return {
        value: over.median / under.median,
        low: over.min / under.max,
        high: over.max / under.min,
        count: Math.min(over.count, under.count),
    };
}

/** A number for people: three significant digits, whole numbers in full. */
export function formatNumber(value: number): string {
    if (!Number.isFinite(value)) return "-";
    const size = Math.abs(value);
    if (Number.isInteger(value) || size >= 100) return String(Math.round(value));
    if (size >= 10) return value.toFixed(1);
    return size >= 1 ? value.toFixed(2) : String(Number(value.toPrecision(2)));
}
