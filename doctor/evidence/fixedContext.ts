import { groupBy } from "../../shared/values/groupBy";
import type { ProbeIds } from "../probe/requests";
import type { LoggedRequest } from "./logLine";

/** Requests that an application sends with the same trace ID, whatever the trace ID of those that it receives. */
export interface FixedContext {
    /** The pod whose application sends them: `namespace/name`. */
    pod: string;
    traceId: string;
    /** Number of requests of different traces during which it was sent. */
    requests: number;
}

/** Fewer requests can have the same trace ID for another reason, such as one request that is sent again. */
const REQUESTS = 3;
/** For the calls during the last probe, in milliseconds. */
const LAST_PROBE_MS = 1000;

/** Fixed trace IDs in the log of a pod: after requests with the same x-request-id, or during each of the probes. */
export function fixedInLog(pod: string, requests: LoggedRequest[], probes: ProbeIds[]): FixedContext[] {
    const { received, sent } = bySide(requests);
    const known = new Set(received.flatMap(({ traceId }) => traceId ?? []));
    // A trace that reached the pod continues there.
    const foreign = sent.filter(({ traceId }) => traceId !== undefined && !known.has(traceId));
    return [...groupBy(foreign, ({ traceId = "" }) => traceId)].flatMap(([traceId, calls]) => {
        const caused = Math.max(sameRequest(received, calls), duringProbes(received, calls, probes));
        return caused < REQUESTS ? [] : [{ pod, traceId, requests: caused }];
    });
}

/** The requests that a pod's application received and sent; without those whose direction the log does not show. */
export function bySide(requests: LoggedRequest[]): { received: LoggedRequest[]; sent: LoggedRequest[] } {
    const to = (side: string): LoggedRequest[] =>
        requests.filter(({ answeredBy }) => answeredBy?.by === "upstream" && answeredBy.cluster.startsWith(`${side}|`));
    return { received: to("inbound"), sent: to("outbound") };
}

/** Number of different traces whose request ID the application handed on with these calls. */
function sameRequest(received: LoggedRequest[], calls: LoggedRequest[]): number {
    const ids = new Set(calls.flatMap(({ requestId }) => requestId ?? []));
    const origins = received.filter(({ requestId }) => requestId !== undefined && ids.has(requestId));
    return new Set(origins.flatMap(({ traceId }) => traceId ?? [])).size;
}

/** Number of probes during which one of these calls was made, if that is more often than by chance. */
function duringProbes(received: LoggedRequest[], calls: LoggedRequest[], probes: ProbeIds[]): number {
    const starts = received
        .filter(({ traceId }) => probes.some((probe) => probe.traceId === traceId))
        .flatMap(({ timeMs }) => timeMs ?? [])
        .sort((left, right) => left - right);
    const times = calls.flatMap(({ timeMs }) => timeMs ?? []);
    const spans = starts.map((start, index) => ({ start, end: starts[index + 1] ?? start + LAST_PROBE_MS }));
    const [first, last] = [spans[0], spans.at(-1)];
    if (first === undefined || last === undefined || starts.length < probes.length) return 0;
    const inside = times.filter((time) => time >= first.start && time < last.end).length;
    const before = times.filter((time) => time < first.start);
    const quietMs = before.length === 0 ? 1 : first.start - Math.min(...before);
    const chance = (before.length / Math.max(1, quietMs)) * (last.end - first.start);
    if (inside <= chance + 2 * Math.sqrt(chance)) return 0;
    return spans.filter(({ start, end }) => times.some((time) => time >= start && time < end)).length;
}
