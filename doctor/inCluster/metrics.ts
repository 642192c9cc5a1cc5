/** A metric of the doctor in the cluster. */
export interface Metric {
    name: string;
    type: "counter" | "gauge";
    help: string;
    /** Names of its labels. */
    labels: readonly string[];
}

function gauge(name: string, help: string, ...labels: string[]): Metric {
    return { name, type: "gauge", help, labels };
}

function counter(name: string, help: string, ...labels: string[]): Metric {
    return { name, type: "counter", help, labels };
}

/**
 * Every metric of the doctor in the cluster. Names and units follow https://prometheus.io/docs/practices/naming/.
 * docs/observe.md contains them as a table.
 */
export const METRICS = {
    probeSuccess: gauge(
        "tracing_probe_success",
        "1 if the trace of the last probe is complete in Jaeger, 0 if it is not. Missing while that is unknown.",
    ),
    probes: counter(
        "tracing_probes_total",
        "Examinations by result: complete, incomplete, or unknown if nothing could be proven.",
        "result",
    ),
    probeDuration: gauge(
        "tracing_probe_duration_seconds",
        "Time from sending the last probe to its answer, including the start of the client.",
    ),
    examinationDuration: gauge(
        "tracing_examination_duration_seconds",
        "Duration of the last examination, which waits until the spans are in Jaeger.",
    ),
    lastExamination: gauge(
        "tracing_last_examination_timestamp_seconds",
        "When the last examination ended, in seconds since 1970.",
    ),
    spansMade: counter("tracing_spans_made_total", "Spans that the sidecars of the path created during examinations."),
    spansExported: counter(
        "tracing_span_exports_total",
        "Export calls of the path's sidecars during examinations, by result: succeeded or failed.",
        "result",
    ),
    spansAccepted: counter(
        "tracing_spans_accepted_total",
        "Spans of the whole mesh that the collector accepted during examinations.",
    ),
    spansRefused: counter(
        "tracing_spans_refused_total",
        "Spans of the whole mesh that the collector refused during examinations.",
    ),
    spansStored: counter(
        "tracing_spans_stored_total",
        "Spans of the whole mesh that the collector sent to its storage during examinations.",
    ),
    spansExpected: counter(
        "tracing_spans_expected_total",
        "Spans that the doctor's own requests should have produced.",
    ),
    spansMissing: counter("tracing_spans_missing_total", "Expected spans that Jaeger does not have."),
    samplingWanted: gauge(
        "tracing_sampling_wanted_ratio",
        "Share of new traces that the doctor's client should record according to the objects, 0 to 1.",
    ),
    samplingSeen: gauge(
        "tracing_sampling_seen_ratio",
        "The same share in the live configuration of the client's sidecar. Missing while it is unknown.",
    ),
    segment: gauge(
        "tracing_segment_state",
        "1 for the state of each segment of a span's way: ok, broken or unknown.",
        "segment",
        "state",
    ),
    finding: gauge(
        "tracing_finding",
        "1 for each finding of the doctor that needs an action, confirmed by a whole examination.",
        "id",
        "segment",
        "severity",
        "resource",
    ),
    unknown: gauge("tracing_unknown", "1 for each thing that the doctor could not read.", "what"),
} as const satisfies Record<string, Metric>;

/** Name of a metric in {@link METRICS}. */
export type MetricKey = keyof typeof METRICS;

type Labels = Record<string, string>;

/** The current values of the metrics, in Prometheus' text format 0.0.4. */
export class MetricValues {
    private readonly values = new Map<MetricKey, Map<string, number>>();

    /** Sets a gauge; without a value, it is missing. */
    set(key: MetricKey, value: number | undefined, labels: Labels = {}): void {
        if (value === undefined) this.seriesOf(key).delete(formatLabels(labels));
        else this.seriesOf(key).set(formatLabels(labels), value);
    }

    /** Replaces all series of a gauge by those with these labels, each with the value 1. */
    setAll(key: MetricKey, series: Labels[]): void {
        this.values.set(key, new Map(series.map((labels) => [formatLabels(labels), 1])));
    }

    /** Adds to a counter; nothing if there is no count. */
    add(key: MetricKey, count: number | undefined, labels: Labels = {}): void {
        if (count === undefined) return;
        const series = this.seriesOf(key);
        const name = formatLabels(labels);
        series.set(name, (series.get(name) ?? 0) + count);
    }

    format(): string {
        return Object.entries(METRICS)
            .flatMap(([key, { name, type, help }]) => {
                const series = [...(this.values.get(key as MetricKey) ?? [])];
                const lines = series.map(([labels, value]) => `${name}${labels} ${String(value)}`);
                return lines.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines];
            })
            .join("\n")
            .concat("\n");
    }

    private seriesOf(key: MetricKey): Map<string, number> {
        const known = this.values.get(key) ?? new Map<string, number>();
        this.values.set(key, known);
        return known;
    }
}

/** Such as `{id="spans-lost"}`; empty for none. */
function formatLabels(labels: Labels): string {
    const pairs = Object.entries(labels).map(([name, value]) => {
        const escaped = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
        return `${name}="${escaped}"`;
    });
    return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
