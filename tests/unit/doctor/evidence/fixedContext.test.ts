import assert from "node:assert/strict";
import { fixedInLog } from "../../../../doctor/evidence/fixedContext";
import { readLogLine, type LoggedRequest } from "../../../../doctor/evidence/logLine";
import { freshIds, type ProbeIds } from "../../../../doctor/probe/requests";

const FIXED = "d".repeat(32);
const PROBES = [freshIds(), freshIds(), freshIds()];
const BEGIN = Date.UTC(2026, 0, 1, 12);

/** A line of the program's log, so many milliseconds after the first probe. */
function line(atMs: number, side: "inbound" | "outbound", traceId: string, requestId: string): LoggedRequest {
    const time = new Date(BEGIN + atMs).toISOString();
    const cluster = side === "inbound" ? "inbound|8080||" : "outbound|80||backend.demo.svc.cluster.local";
    const ids = `trace_id=${traceId} traceparent=00-${traceId}-${"b".repeat(16)}-00 request_id=${requestId}`;
    return readLogLine(`[${time}] "GET / HTTP/1.1" 200 - duration_ms=3 ${ids} upstream_cluster=${cluster}`);
}

/** Each probe, and the call that the application made for it. */
function log(call: (probe: ProbeIds) => { traceId: string; requestId: string }): LoggedRequest[] {
    return PROBES.flatMap((probe, index) => {
        const { traceId, requestId } = call(probe);
        const at = index * 20;
        return [line(at, "inbound", probe.traceId, probe.requestId), line(at + 2, "outbound", traceId, requestId)];
    });
}

/** Calls that the application makes on its own, each so many milliseconds, in the minute before. */
function own(everyMs: number): LoggedRequest[] {
    return Array.from({ length: Math.floor(30_000 / everyMs) }, (_, index) =>
        line(-30_000 + index * everyMs, "outbound", FIXED, freshIds().requestId),
    );
}

const found = (requests: LoggedRequest[]): unknown => fixedInLog("demo/middle", requests, PROBES);
const EXPECTED = [{ pod: "demo/middle", traceId: FIXED, requests: 3 }];

describe("a trace ID that an application sends whatever it receives", () => {
    it("is found by the request ID that it hands on", () => {
        assert.deepEqual(found(log(({ requestId }) => ({ traceId: FIXED, requestId }))), EXPECTED);
    });

    it("is found by the calls during each probe where it hands on nothing", () => {
        const calls = log(() => ({ traceId: FIXED, requestId: freshIds().requestId }));
        assert.deepEqual(found(calls), EXPECTED);
        assert.deepEqual(found([...own(5000), ...calls]), EXPECTED);
    });

    it("is none where the calls continue the probes' traces, or begin their own", () => {
        assert.deepEqual(found(log(({ traceId, requestId }) => ({ traceId, requestId }))), []);
        assert.deepEqual(found(log(({ requestId }) => ({ traceId: freshIds().traceId, requestId }))), []);
    });

    it("is none where the application makes such calls all the time, of its own accord", () => {
        assert.deepEqual(found([...own(5), ...log(({ traceId, requestId }) => ({ traceId, requestId }))]), []);
        assert.deepEqual(found([...own(20), ...log(() => ({ traceId: FIXED, requestId: freshIds().requestId }))]), []);
    });

    it("is none where the trace came to the pod itself, as from a client with a fixed one", () => {
        const client = line(-100, "inbound", FIXED, freshIds().requestId);
        assert.deepEqual(found([client, ...log(({ requestId }) => ({ traceId: FIXED, requestId }))]), []);
    });
});
