import type { Span, Trace } from "./client";

/** Why a trace does not join two services; undefined if it does. */
export function whyNotJoined(trace: Trace, caller: string, callee: string): string | undefined {
    if (!/^[0-9a-f]{32}$/.test(trace.traceId) || trace.traceId.startsWith("0".repeat(16))) {
        return `its ID ${trace.traceId} does not have 128 bits`;
    }
    return whyNotLinked(trace, caller, callee);
}

/** The same for trace IDs of any length, which older clients use. */
function whyNotLinked(trace: Trace, caller: string, callee: string): string | undefined {
    const callers = spansOf(trace, caller);
    const callees = spansOf(trace, callee);
    if (callers.length === 0) return `it has no span of ${caller}`;
    if (callees.length === 0) return `it has no span of ${callee}`;
    const callerIds = new Set(callers.map((span) => span.spanId));
    if (!callees.some((span) => callerIds.has(span.parentSpanId))) {
        return `no span of ${callee} is a child of a span of ${caller}`;
    }
    return undefined;
}

/** The newest trace that joins two services. */
export function findJoined(traces: Trace[], caller: string, callee: string): Trace | undefined {
    return traces
        .filter((trace) => whyNotJoined(trace, caller, callee) === undefined)
        .sort((left, right) => startOf(right) - startOf(left))[0];
}

/** A trace in which a span of the callee is a child of a span of the caller, with an ID of any length. */
export function findLinked(traces: Trace[], caller: string, callee: string): Trace | undefined {
    return traces.find((trace) => whyNotLinked(trace, caller, callee) === undefined);
}

function spansOf(trace: Trace, service: string): Span[] {
    return trace.spans.filter((span) => span.service === service);
}

function startOf(trace: Trace): number {
    return trace.spans[0]?.startMicros ?? 0;
}
