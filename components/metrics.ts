/** Metrics of requests that Jaeger produces from spans, and the Prometheus that stores them. */
export interface Metrics {
    /** Base URL at which Jaeger queries Prometheus, without a slash at its end. */
    prometheusUrl: string;
    /** True if the program deploys that Prometheus. */
    deploysPrometheus: boolean;
    /**
     * Sampling rates of new traces, in percent, if spans are only a sample of the requests.
     * @default every request is in the spans
     */
    sampled?: SamplingRange;
}

/** The lowest and the highest sampling rate of a mesh, in percent. */
export interface SamplingRange {
    lowestPercent: number;
    highestPercent: number;
}

/** The rates for people and for a label: `1`, or `1-100`. */
export function formatRange({ lowestPercent, highestPercent }: SamplingRange): string {
    return lowestPercent === highestPercent
        ? String(lowestPercent)
        : `${String(lowestPercent)}-${String(highestPercent)}`;
}

/** Name of the program's own Prometheus, of its Service and of its other objects. */
export const PROMETHEUS_NAME = "tracing-prometheus";
