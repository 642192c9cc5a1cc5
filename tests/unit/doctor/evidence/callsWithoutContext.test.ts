import assert from "node:assert/strict";
import { judgePropagation } from "../../../../doctor/analyzers/propagation";
import type { Evidence, ProbeRun } from "../../../../doctor/evidence";
import { findCallsWithoutContext } from "../../../../doctor/evidence/callsWithoutContext";
import type { ProbePath } from "../../../../doctor/probe/path";
import type { JaegerClient, Span, Trace, TraceFilter } from "../../../../shared/jaeger/client";

const TARGET = { metadata: { name: "middle", namespace: "demo" } };
const PATH = {
    source: { metadata: { name: "frontend" } },
    url: "http://middle",
    targets: [TARGET],
} as unknown as ProbePath;
/** When the first probe entered, in microseconds. */
const START = 100_000_000;

function span(traceId: string, startMicros: number, kind: string, parentSpanId = ""): Span {
    const tags = { "span.kind": kind, node_id: "sidecar~10.0.0.1~middle.demo~demo.svc" };
    return {
        ...{ traceId, spanId: traceId, parentSpanId, service: "middle.demo" },
        ...{ operation: "/", startMicros, durationMicros: 1000, tags },
    };
}

/** Ids of the findings where a target served these other traces, each of one span. */
async function findings(others: Span[]): Promise<string[]> {
    const probes = [0, 1, 2].map((index): ProbeRun => {
        const entered = {
            ...span(`probe${String(index)}`, START + index * 400_000, "server", "self"),
            durationMicros: 300_000,
        };
        const answer = { traceId: entered.traceId, spanId: "self" };
        return {
            answer,
            trace: { traceId: entered.traceId, spans: [entered] },
            callsWithoutContext: [],
            expectedByChance: 0,
            seen: true,
        } as unknown as ProbeRun;
    });
    const tracesOf = (_: string, limit: number, { startMicros = 0, endMicros = 0 }: TraceFilter): Promise<Trace[]> =>
        Promise.resolve(
            others
                .filter((other) => other.startMicros >= startMicros && other.startMicros <= endMicros)
                .slice(-limit)
                .map((other) => ({ traceId: other.traceId, spans: [other] })),
        );
    await findCallsWithoutContext({ tracesOf } as unknown as JaegerClient, probes, PATH);
    return judgePropagation({ probes, path: PATH } as unknown as Evidence).findings.map(({ id }) => id);
}

/** Spans from eight seconds before the first probe to two after it. */
function every(millis: number, kind: string): Span[] {
    return Array.from({ length: 10_000 / millis }, (_, index) =>
        span(`other${String(index)}`, START - 8_000_000 + index * millis * 1000, kind),
    );
}

describe("calls without a context, while an application answers", () => {
    it("are its fault where it makes one for each probe", async () => {
        const calls = [0, 1, 2].map((index) => span(`call${String(index)}`, START + index * 400_000 + 10, "client"));
        assert.deepEqual(await findings(calls), ["context-not-forwarded"]);
    });

    it("are not, where it calls others of its own accord as often", async () => {
        assert.deepEqual(await findings(every(100, "client")), []);
        assert.deepEqual(await findings(every(10, "client")), []);
    });

    it("are none, where others ask it without one", async () => {
        assert.deepEqual(await findings(every(50, "server")), []);
    });
});
