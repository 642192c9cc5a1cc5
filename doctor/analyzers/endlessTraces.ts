import type { Evidence } from "../evidence";
import type { DoctorFinding } from "../segments";
import { draftFor } from "./draft";

/** Clients that send the same trace context with every request, so that all requests belong to one trace. */
export function endlessTraces({ endless, collector }: Evidence): DoctorFinding[] {
    const [first, ...others] = endless;
    if (first === undefined) return [];
    const { traceId, requests, seconds, seenBy, source } = first;
    const header = collector?.kind === "zipkin" ? "b3 or x-b3-traceid" : "traceparent";
    const time = seconds === undefined ? "the last minute" : `${String(Math.round(seconds))} s`;
    return [
        draftFor("propagation")({
            id: "trace-endless",
            severity: "warning",
            resource: source === "access log" ? `clients of Pod ${seenBy}` : `clients of ${seenBy}`,
            expected: "a separate trace ID for each request of a client",
            got:
                `trace ${traceId} with ${String(requests)} requests within ${time}, each with its own x-request-id ` +
                `(from ${source === "access log" ? "the access log" : "Jaeger"})` +
                (others.length === 0 ? "" : `, and ${String(others.length)} more such traces`),
            cure:
                `Look for a fixed ${header} in the client, such as in a load generator, a health check or a loop. Let it send ` +
                "none, so that its sidecar or the gateway starts a trace for each request, or a new ID for each request.",
            values: Object.fromEntries(
                endless.slice(0, 5).map((one) => [one.traceId, `${String(one.requests)} requests`]),
            ),
        }),
    ];
}
