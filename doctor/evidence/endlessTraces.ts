import { groupBy } from "../../shared/values/groupBy";
import type { Trace } from "../../shared/jaeger/client";
import { bySide } from "./fixedContext";
import type { LoggedRequest } from "./logLine";

/** A trace that many independent requests of one client share. */
export interface EndlessTrace {
    traceId: string;
    /** Number of its observed requests. */
    requests: number;
    /** Time between the first and the last of them; undefined if the log has no times. */
    seconds: number | undefined;
    /** The observing sidecar: `namespace/pod`, or a service by its name in Jaeger. */
    seenBy: string;
    source: "access log" | "Jaeger";
    /** Who starts its requests: the application of the observing sidecar, or clients that call it. */
    by: "application" | "clients";
}

/**
 * Number of requests in one trace that a single request cannot cause, and a duration that a single request does not
 * reach.
 */
const REQUESTS = 10;
const SECONDS = 15;

/**
 * Traces with several consecutive request IDs. Everything that belongs to one request has the same x-request-id, which
 * sidecars propagate.
 */
export function endlessInLog(pod: string, requests: LoggedRequest[], own: string[]): EndlessTrace[] {
    const traced = requests.filter(({ traceId }) => traceId !== undefined && !own.includes(traceId));
    return [...groupBy(traced, ({ traceId = "" }) => traceId)].flatMap(([traceId, all]) => {
        const ids = new Set(all.flatMap(({ requestId }) => requestId ?? []));
        const seconds = spread(all.flatMap(({ timeMs }) => timeMs ?? []).map((time) => time / 1000));
        if (ids.size < REQUESTS || (seconds !== undefined && seconds < SECONDS)) return [];
        return [{ traceId, requests: ids.size, seconds, seenBy: pod, source: "access log", by: startedBy(all) }];
    });
}

/** Traces that many requests from outside join: the parent of their spans is always the same, and is not reported. */
export function endlessInJaeger(traces: Trace[], own: string[]): EndlessTrace[] {
    return traces.flatMap(({ traceId, spans }) => {
        if (own.includes(traceId)) return [];
        const ids = new Set(spans.map(({ spanId }) => spanId));
        const entries = spans.filter(({ parentSpanId }) => !ids.has(parentSpanId));
        const seconds = spread(entries.map(({ startMicros }) => startMicros / 1e6)) ?? 0;
        if (entries.length < REQUESTS || seconds < SECONDS) return [];
        const [first] = entries;
        const by = entries.every(({ tags }) => tags["span.kind"] === "client") ? "application" : "clients";
        return [{ traceId, requests: entries.length, seconds, seenBy: first?.service ?? "", source: "Jaeger", by }];
    });
}

/** Requests of a trace that never arrived at the pod begin there. */
function startedBy(requests: LoggedRequest[]): EndlessTrace["by"] {
    const { received, sent } = bySide(requests);
    return received.length === 0 && sent.length > 0 ? "application" : "clients";
}

function spread(times: number[]): number | undefined {
    if (times.length === 0) return undefined;
    const [first, last] = times.reduce(
        ([least, most], time) => [Math.min(least, time), Math.max(most, time)],
        [Infinity, -Infinity],
    );
    return Math.round((last - first) * 10) / 10;
}
