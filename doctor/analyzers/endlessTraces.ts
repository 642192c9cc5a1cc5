import type { Evidence } from "../evidence";
import type { DoctorFinding } from "../segments";
import { draftFor } from "./draft";

/** Clients that send the same trace context with every request, so that all of them end in one trace. */
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
            resource: source === "access log" ? `clients on the way of Pod ${seenBy}` : `clients of ${seenBy}`,
            expected: "a trace id of its own for each request that begins at a client",
            got:
                `trace ${traceId} with ${String(requests)} requests within ${time}, each with an x-request-id of its own ` +
                `(by ${source === "access log" ? "the access log" : "Jaeger"})` +
                (others.length === 0 ? "" : `, and ${String(others.length)} more such traces`),
            cure:
                `Look for a fixed ${header} in the client: a header in a load generator, a health check or a loop. Let it send ` +
                "none, so that its sidecar or the gateway begins a trace for each request; or a new id each time.",
            values: Object.fromEntries(
                endless.slice(0, 5).map((one) => [one.traceId, `${String(one.requests)} requests`]),
            ),
        }),
    ];
}
