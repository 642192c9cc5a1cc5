import type { Cluster } from "../../lab/cluster";
import { fetchJson, JaegerClient, type Trace } from "../../shared/jaeger/client";
import { until } from "../mesh/kubernetes";

const MOST_TRACES = 20_000;
/** An answer with thousands of traces takes some seconds. */
const ANSWER_MS = 60_000;
/** Longer than the tier holds spans between two of its batches. */
const REST_SECONDS = 5;
const LIMIT_SECONDS = 60;

/** IDs of what is stored of a trace. */
export interface StoredTrace {
    spans: Set<string>;
    /** Whether the span of its last service, which has the fault of a trace of errors, is there. */
    hasLast: boolean;
}

/** What is stored, by trace ID. */
export type StoredTraces = Map<string, StoredTrace>;

/** What {@link storedTraces} waits for. */
export interface Wanted {
    spans: number;
    spansPerTrace: number;
    /** Time without a new span after which no more are expected. @default 5 */
    restSeconds?: number;
}

/**
 * The sender's traces in Jaeger that began after a moment, once so many spans are there, or none has come for some time.
 */
export function storedTraces(
    lab: Cluster,
    sinceMs: number,
    { spans: wanted, spansPerTrace, restSeconds = REST_SECONDS }: Wanted,
    signal: AbortSignal,
): Promise<StoredTraces> {
    const jaeger = new JaegerClient(lab.jaegerUrl, (address) => fetchJson(address, ANSWER_MS));
    const filter = { startMicros: sinceMs * 1000 };
    const last = serviceOf(spansPerTrace);
    let before = -1;
    let since = performance.now();
    return until(restSeconds + LIMIT_SECONDS, signal, async () => {
        let found: Trace[];
        try {
            // A trace of which only one end is stored is found by that end alone.
            const searches = [serviceOf(1), last].map((service) => jaeger.tracesOf(service, MOST_TRACES, filter));
            found = (await Promise.all(searches)).flat();
        } catch (error) {
            // Its pod has just come back, and its address does not lead there yet.
            return `Jaeger does not answer: ${String(error)}`;
        }
        const stored = new Map(
            found.map(({ traceId, spans }) => [
                traceId,
                {
                    spans: new Set(spans.map((one) => one.spanId)),
                    hasLast: spans.some(({ service }) => service === last),
                },
            ]),
        );
        const now = [...stored.values()].reduce((sum, { spans }) => sum + spans.size, 0);
        if (now !== before) [before, since] = [now, performance.now()];
        const rests = performance.now() - since >= restSeconds * 1000;
        return now >= wanted || rests ? stored : `spans still arrive: ${String(now)} of ${String(wanted)}`;
    });
}

/** Every trace of the sender has a span of each service from the first one on. */
const serviceOf = (number: number): string => `service-${String(number)}.bench`;

/** Spans of these traces that are not stored. */
export function missingSpans(stored: StoredTraces, ids: readonly string[], spansPerTrace: number): number {
    return ids.reduce((sum, id) => sum + Math.max(0, spansPerTrace - (stored.get(id)?.spans.size ?? 0)), 0);
}

/** Traces of errors whose fault is not stored. */
export function missingFaults(stored: StoredTraces, ids: readonly string[]): number {
    return ids.filter((id) => stored.get(id)?.hasLast !== true).length;
}
