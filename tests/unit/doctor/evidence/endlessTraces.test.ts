import assert from "node:assert/strict";
import { endlessInJaeger, endlessInLog, type EndlessTrace } from "../../../../doctor/evidence/endlessTraces";
import { readLogLine, type LoggedRequest } from "../../../../doctor/evidence/logLine";
import type { Span, Trace } from "../../../../shared/jaeger/client";
import { diagnosisOf, findingOf, foundIn } from "../patient";

const ID = "c".repeat(32);

function uuid(index: number): string {
    return `${String(index).padStart(8, "0")}-1111-4111-8111-111111111111`;
}

/** Lines of so many requests in one trace, each so many seconds after the one before. */
function lines(count: number, every: number, requestId: (index: number) => string, traceId = ID): LoggedRequest[] {
    return Array.from({ length: count }, (_, index) => {
        const time = new Date(Date.UTC(2026, 0, 1) + index * every * 1000).toISOString();
        const context = `traceparent=00-${traceId}-${"b".repeat(16)}-01 request_id=${requestId(index)}`;
        return readLogLine(`[${time}] "GET / HTTP/1.1" 200 - trace_id=${traceId} ${context} upstream_cluster=-`);
    });
}

describe("a trace that many requests share", () => {
    const found = (requests: LoggedRequest[]): EndlessTrace[] => endlessInLog("demo/frontend", requests, []);

    it("is found in the log by requests with ids of their own that awaitTraces each other", () => {
        assert.deepEqual(found(lines(300, 0.2, uuid)), [
            { traceId: ID, requests: 300, seconds: 59.8, seenBy: "demo/frontend", source: "access log", by: "clients" },
        ]);
        assert.equal(found(lines(12, 5, uuid)).length, 1);
    });

    it("is none where one request fans out, or all belongs to one x-request-id", () => {
        assert.deepEqual(found(lines(300, 0.001, uuid)), []);
        assert.deepEqual(found(lines(300, 0.2, () => uuid(1))), []);
        assert.deepEqual(found(lines(5, 10, uuid)), []);
    });

    it("is none of the doctor's own", () => {
        assert.deepEqual(endlessInLog("demo/frontend", lines(300, 0.2, uuid), [ID]), []);
    });

    it("is found in Jaeger by spans that enter again and again from outside", () => {
        const trace = (count: number, every: number): Trace => ({
            traceId: ID,
            spans: Array.from({ length: count }, (_, index) => {
                const span = {
                    traceId: ID,
                    spanId: `s${String(index)}`,
                    parentSpanId: "fixed",
                    service: "frontend.demo",
                };
                return {
                    ...span,
                    operation: "/",
                    startMicros: index * every * 1e6,
                    durationMicros: 1,
                    tags: {},
                } satisfies Span;
            }),
        });
        assert.deepEqual(endlessInJaeger([trace(100, 0.2)], []), [
            { traceId: ID, requests: 100, seconds: 19.8, seenBy: "frontend.demo", source: "Jaeger", by: "clients" },
        ]);
        assert.deepEqual(endlessInJaeger([trace(100, 0.01), trace(3, 10)], []), []);
    });

    it("names the application that sends it, where no client sent it there", () => {
        const out = "outbound|80||backend.demo.svc.cluster.local";
        const sent = (inbound: boolean): LoggedRequest[] =>
            lines(300, 0.2, uuid).map((line, index) => ({
                ...line,
                answeredBy: { by: "upstream", cluster: inbound && index % 2 === 0 ? "inbound|8080||" : out },
            }));
        assert.deepEqual(
            [false, true].map((inbound) => found(sent(inbound))[0]?.by),
            ["application", "clients"],
        );
        const diagnosis = diagnosisOf((patient) => {
            patient.evidence.endless = found(sent(false));
        });
        const { resource, cure } = findingOf(diagnosis, "trace-endless");
        assert.equal(resource, "application of Pod demo/frontend");
        assert.match(cure, /^Look for a fixed traceparent in the requests that this application sends\./);
    });

    it("is a warning with the trace, the count and the cure", () => {
        const diagnosis = diagnosisOf((patient) => {
            patient.evidence.endless = found(lines(300, 0.2, uuid));
        });
        assert.deepEqual(foundIn(diagnosis), ["propagation: trace-endless"]);
        const { got, cure, severity } = findingOf(diagnosis, "trace-endless");
        assert.equal(severity, "warning");
        assert.match(
            got,
            /^trace c{32} with 300 requests within 60 s, each with its own x-request-id \(from the access log\)$/,
        );
        assert.match(cure, /fixed traceparent/);
    });
});
