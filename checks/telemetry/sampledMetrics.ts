import type { Finding } from "../finding";

/** Standard deviations within which 95 % of all samples lie. */
const NORMAL_95 = 1.96;

/**
 * How far a count of recorded spans may be from the requests that it stands for: the half-width of the interval that
 * holds the true count in 95 of 100 cases, in requests.
 *
 * @param recorded spans that were recorded.
 * @param percent of new traces that are recorded, above 0.
 */
export function countError(recorded: number, percent: number): number {
    const share = percent / 100;
    return (NORMAL_95 * Math.sqrt(recorded * (1 - share))) / share;
}

/** Reports metrics from spans that count a sample of the requests, which a setting has allowed. */
export function checkSampledMetrics(lowestPercent: number, highestPercent: number): Finding[] {
    if (lowestPercent >= 100) return [];
    const rates =
        lowestPercent === highestPercent
            ? `${String(lowestPercent)} %`
            : `${String(lowestPercent)} to ${String(highestPercent)} %`;
    return [
        {
            id: "span-metrics-sampled",
            severity: "warning",
            resource: "metrics.fromSampledSpans",
            expected: "metrics from spans that count every request, with a sampling rate of 100 %",
            got: `counts of ${rates} of the traces, marked with the label sampling_percent`,
            cure: `${interval(lowestPercent)} Read counts and rates from istio_requests_total, which is not sampled.`,
        },
    ];
}

function interval(percent: number): string {
    if (percent === 0) return "At 0 %, nothing is counted.";
    const [estimate, error] = [100 / (percent / 100), countError(100, percent)].map((count) =>
        String(Math.round(count)),
    );
    return `100 counted requests stand for ${estimate ?? ""} ± ${error ?? ""}.`;
}
