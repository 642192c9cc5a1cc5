import type { Cost } from "./measure";

/** Spans of one step at each station of their way. */
export interface Stations {
    /** By answered requests: one for each sidecar. */
    expected: number;
    /** By the sidecars' tracers. */
    made: number;
    /** Dropped by the tracers, as they count it. */
    dropped: number;
    accepted: number;
    refused: number;
    stored: number;
    storeFailed: number;
    /** Failed calls to the collector, by the sidecars' counter. */
    failures: Record<string, number>;
}

/** The stations of a load's spans. */
export function stationsOf({ load, sidecars, accepted, refused, stored, storeFailed }: Cost): Stations {
    const { made, dropped, failures } = sidecars;
    return { expected: 2 * load.answered, made, dropped, accepted, refused, stored, storeFailed, failures };
}

/** Spans that did not reach the storage. */
export function lostSpans({ expected, stored }: Stations): number {
    return Math.max(0, expected - stored);
}

/** The counters that show a loss, each with its growth; empty if none does. */
export function whoCounts(stations: Stations): string[] {
    const { dropped, refused, storeFailed, failures } = stations;
    const counters: [string, number][] = [
        ["the sidecars' tracing.*.dropped", dropped],
        ["Jaeger's otelcol_receiver_refused_spans", refused],
        ["Jaeger's otelcol_exporter_send_failed_spans", storeFailed],
        ...Object.entries(failures).map(
            ([name, count]) => [`the sidecars' ${name} of the collector's cluster`, count] as [string, number],
        ),
    ];
    return counters.filter(([, count]) => count > 0).map(([name, count]) => `${name} (${String(count)})`);
}

/** Between which stations spans disappear, for people. */
export function whereLost(stations: Stations): string {
    const { expected, made, accepted, stored } = stations;
    const steps: [string, number][] = [
        ["in the sidecars, before they make them", expected - made],
        ["between the sidecars and Jaeger", Math.min(made, expected) - accepted],
        ["in Jaeger, before its storage", accepted - stored],
    ];
    const lost = steps.filter(([, count]) => count > 0);
    return lost.map(([where, count]) => `${String(count)} ${where}`).join(", ");
}
