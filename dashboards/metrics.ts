/**
 * A counter or a gauge of the OpenTelemetry Collector, which Jaeger is. Some versions and configurations append `_total` to
 * the names of counters.
 */
export function collectorMetric(name: string, labels = ""): string {
    const matchers = [`__name__=~"otelcol_${name}(_total)?"`, ...(labels === "" ? [] : [labels])];
    return `{${matchers.join(", ")}}`;
}

/** Its rate, as Grafana's chosen interval allows. */
export function rateOf(series: string): string {
    return `rate(${series}[$__rate_interval])`;
}

/** A sum that is 0 where there is no series yet. */
export function sumOrZero(rate: string): string {
    return `(sum(${rate}) or vector(0))`;
}

/** Metrics of the cluster through which sidecars send spans; the program has them kept, and those of no other cluster. */
export const COLLECTOR_CLUSTER = 'cluster_name=~"outbound.+"';

/** A share, and nothing where nothing happens. */
export function share(part: string, whole: string): string {
    return `${part} / (${whole} > 0)`;
}
