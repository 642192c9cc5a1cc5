import assert from "node:assert/strict";
import { diagnose, type Diagnosis } from "../../../../../doctor/diagnose";
import { findCallsWithoutContext } from "../../../../../doctor/evidence/callsWithoutContext";
import type { JaegerClient, Span, Trace, TraceFilter } from "../../../../../shared/jaeger/client";
import { evidenceOf, findingOf, foundIn } from "../../patient";

const FIXED = "e".repeat(32);
const NODE = "sidecar~10.0.0.2~backend-7f9-abc.demo~demo.svc.cluster.local";
/** When the probes arrive at the target, in microseconds. */
const START = 100_000_000;
const GAP = 400_000;

/** A call of the target's application, continuing a parent that no sidecar reported. */
function call(traceId: string, startMicros: number, parentSpanId = "fixed", kind = "client"): Span {
    return {
        ...{ traceId, spanId: `${traceId}${String(startMicros)}`, parentSpanId, service: "backend.demo" },
        ...{ operation: "store.demo:80/*", startMicros, durationMicros: 100 },
        tags: { "span.kind": kind, node_id: NODE },
    };
}

/** The diagnosis of a path whose target makes these calls. */
async function withCalls(calls: Span[]): Promise<Diagnosis> {
    const evidence = evidenceOf();
    for (const [index, { trace }] of evidence.probes.entries())
        for (const span of trace?.spans ?? []) {
            Object.assign(span, { startMicros: START + index * GAP, durationMicros: 300_000 });
            span.tags["span.kind"] = span.service === "backend.demo" ? "server" : "client";
        }
    const tracesOf = (_: string, __: number, { startMicros = 0, endMicros = 0 }: TraceFilter): Promise<Trace[]> => {
        const ids = new Set(
            calls
                .filter((one) => one.startMicros >= startMicros && one.startMicros <= endMicros)
                .map(({ traceId }) => traceId),
        );
        return Promise.resolve(
            [...ids].map((traceId) => ({ traceId, spans: calls.filter((one) => one.traceId === traceId) })),
        );
    };
    evidence.endless = await findCallsWithoutContext(
        { tracesOf } as unknown as JaegerClient,
        evidence.probes,
        evidence.path,
    );
    return diagnose(evidence);
}

const duringProbes = (traceId: (index: number) => string): Span[] =>
    [0, 1, 2].map((index) => call(traceId(index), START + index * GAP + 10_000));

describe("an application that calls others in another trace than that of the request", () => {
    it("is named, where it sends the same trace ID with every call", async () => {
        const diagnosis = await withCalls(duringProbes(() => FIXED));
        assert.deepEqual(foundIn(diagnosis), ["propagation: context-replaced"]);
        assert.equal(diagnosis.brokenAt, "propagation");
        const { resource, severity, got, cure } = findingOf(diagnosis, "context-replaced");
        assert.equal(resource, "application behind Service demo/backend");
        assert.equal(severity, "error");
        assert.equal(
            got,
            `calls with the trace ID ${FIXED}, regardless of the trace ID of the request that it received ` +
                "(store.demo:80/*, during each of 3 probes): it sends a fixed traceparent",
        );
        assert.match(cure, /^Remove the fixed traceparent from the requests that the application sends/);
    });

    it("is named once, where the trace is endless as well", async () => {
        const before = Array.from({ length: 12 }, (_, index) => call(FIXED, START - 8_000_000 - index * 2_000_000));
        const quiet = call(FIXED, START - 5_000_000);
        const diagnosis = await withCalls([...before, quiet, ...duringProbes(() => FIXED)]);
        assert.deepEqual(foundIn(diagnosis), ["propagation: context-replaced"]);
    });

    it("is named, where it begins a context of its own for each call", async () => {
        const diagnosis = await withCalls(duringProbes((index) => String(index + 4).repeat(32)));
        const { got } = findingOf(diagnosis, "context-replaced");
        assert.match(got, /^calls with trace IDs other than those of the requests that it received, such as 4{32} /);
    });

    it("is not named, where it makes such calls all the time, which is a warning about itself", async () => {
        const always = Array.from({ length: 400 }, (_, index) => call(FIXED, START - 30_000_000 + index * 80_000));
        const diagnosis = await withCalls(always);
        assert.deepEqual(foundIn(diagnosis), ["propagation: trace-endless"]);
        assert.equal(findingOf(diagnosis, "trace-endless").resource, "application of backend.demo");
    });

    it("is not named, where the trace reached it from a client", async () => {
        const calls = duringProbes(() => FIXED);
        const received = call(FIXED, START - 100, "client", "server");
        assert.deepEqual(foundIn(await withCalls([received, ...calls])), []);
    });

    it("is named by its access log, where Jaeger has none of the calls because they are not sampled", () => {
        const evidence = evidenceOf();
        evidence.fixedContexts = [{ pod: "demo/backend-7f9-abc", traceId: FIXED, requests: 3 }];
        const { got } = findingOf(diagnose(evidence), "context-replaced");
        assert.match(
            got,
            /\(for 3 requests in the access log of Pod demo\/backend-7f9-abc\): it sends a fixed traceparent$/,
        );
    });
});
