import type { Evidence } from "../evidence";
import type { DoctorFinding } from "../segments";
import { draftFor } from "./draft";
import { replacedIn } from "./propagation/replacedContext";

/** Clients that send the same trace context with every request, so that all requests belong to one trace. */
export function endlessTraces(evidence: Evidence): DoctorFinding[] {
    const { collector } = evidence;
    const named = replacedIn(evidence);
    const endless = evidence.endless.filter(({ traceId }) => !named.includes(traceId));
    const [first, ...others] = endless;
    if (first === undefined) return [];
    const { traceId, requests, seconds, seenBy, source, by } = first;
    const header = collector?.kind === "zipkin" ? "b3 or x-b3-traceid" : "traceparent";
    const time = seconds === undefined ? "the last minute" : `${String(Math.round(seconds))} s`;
    return [
        draftFor("propagation")({
            id: "trace-endless",
            severity: "warning",
            resource: `${by} of ${source === "access log" ? "Pod " : ""}${seenBy}`,
            expected: `a separate trace ID for each request of ${by === "application" ? "an application" : "a client"}`,
            got:
                `trace ${traceId} with ${String(requests)} requests within ${time}, each with its own x-request-id ` +
                `(from ${source === "access log" ? "the access log" : "Jaeger"})` +
                (others.length === 0 ? "" : `, and ${String(others.length)} more such traces`),
            cure:
                `Look for a fixed ${header} in ` +
                `${by === "application" ? "the requests that this application sends" : "the client, such as in a load generator, a health check or a loop"}. ` +
                "Make it send no such header, so that its sidecar or the gateway starts a trace for each request, or " +
                "make it send a new ID with each request.",
            values: Object.fromEntries(
                endless.slice(0, 5).map((one) => [one.traceId, `${String(one.requests)} requests`]),
            ),
        }),
    ];
}
