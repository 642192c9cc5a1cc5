import type { Cluster } from "../../lab/cluster";
import { fetchJson, JaegerClient } from "../../shared/jaeger/client";
import { until } from "../mesh/kubernetes";

/** Every trace of the sender has a span of this service. */
const SERVICE = "service-1.bench";
const MOST_TRACES = 20_000;
/** An answer with thousands of traces takes some seconds. */
const ANSWER_MS = 60_000;
/** Longer than the tier holds spans between two of its batches. */
const REST_SECONDS = 5;
const LIMIT_SECONDS = 60;

/** Span IDs of each stored trace, by trace ID. */
export type StoredTraces = Map<string, Set<string>>;

/**
 * The sender's traces in Jaeger that began after a moment, once so many spans are there, or none has come for some time.
 */
export function storedTraces(
    lab: Cluster,
    sinceMs: number,
    { spans: wanted, restSeconds = REST_SECONDS }: { spans: number; restSeconds?: number },
    signal: AbortSignal,
): Promise<StoredTraces> {
    const jaeger = new JaegerClient(lab.jaegerUrl, (address) => fetchJson(address, ANSWER_MS));
    let last = -1;
    let since = performance.now();
    return until(restSeconds + LIMIT_SECONDS, signal, async () => {
        const found = await jaeger.tracesOf(SERVICE, MOST_TRACES, { startMicros: sinceMs * 1000 });
        const stored = new Map(found.map(({ traceId, spans }) => [traceId, new Set(spans.map((one) => one.spanId))]));
        const now = [...stored.values()].reduce((sum, spans) => sum + spans.size, 0);
        if (now !== last) [last, since] = [now, performance.now()];
        const rests = performance.now() - since >= restSeconds * 1000;
        return now >= wanted || rests ? stored : `spans still arrive: ${String(now)} of ${String(wanted)}`;
    });
}

/** Spans of these traces that are not stored. */
export function missingSpans(stored: StoredTraces, ids: readonly string[], spansPerTrace: number): number {
    return ids.reduce((sum, id) => sum + Math.max(0, spansPerTrace - (stored.get(id)?.size ?? 0)), 0);
}
