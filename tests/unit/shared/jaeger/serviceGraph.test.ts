import assert from "node:assert/strict";
import type { Span, Trace } from "../../../../shared/jaeger/client";
import { graphOf } from "../../../../shared/jaeger/serviceGraph";

let spanIds = 0;
function span(
    service: string,
    parent: Span | string | undefined,
    tags: Record<string, string> = {},
    micros = 1000,
): Span {
    const parentSpanId = typeof parent === "object" ? parent.spanId : (parent ?? "");
    const spanId = `s${String(spanIds++)}`;
    return {
        traceId: "t",
        spanId,
        parentSpanId,
        service,
        operation: "/",
        startMicros: 0,
        durationMicros: micros,
        tags,
    };
}

const CLIENT = { "span.kind": "client" };
const SERVER = { "span.kind": "server" };

function trace(...spans: Span[]): Trace {
    return { traceId: "t", spans };
}

function callsOf(...traces: Trace[]): string[] {
    return graphOf(traces).edges.map(
        ({ caller, callee, calls, errors }) => `${caller} > ${callee}: ${String(calls)}, ${String(errors)} failed`,
    );
}

describe("the service graph", () => {
    it("has a call where a span of one service is below a span of another, and counts it once for both sidecars", () => {
        const client = span("frontend.demo", undefined, CLIENT);
        const server = span("backend.demo", client, SERVER, 3000);
        const { services, edges } = graphOf([trace(client, server), trace(client, server)]);
        assert.deepEqual(edges, [
            { caller: "frontend.demo", callee: "backend.demo", calls: 2, errors: 0, medianMicros: 3000 },
        ]);
        assert.deepEqual(
            services.map(({ name, entries }) => [name, entries]),
            [
                ["backend.demo", 0],
                ["frontend.demo", 0],
            ],
        );
    });

    it("counts requests that come from outside, and spans whose caller was not reported", () => {
        const entry = span("gateway", undefined, SERVER);
        const lost = span("backend", "not-stored", SERVER);
        const graph = graphOf([trace(entry), trace(lost)]);
        assert.deepEqual(graph.edges, []);
        assert.equal(graph.services.find(({ name }) => name === "gateway")?.entries, 1);
        assert.equal(graph.orphans, 1);
    });

    it("counts calls that failed, by Envoy's tags and by OpenTelemetry's", () => {
        const client = span("a", undefined, CLIENT);
        const tags: Record<string, string>[] = [
            { error: "true" },
            { "http.status_code": "503" },
            { "http.response.status_code": "500" },
            { "http.status_code": "404" },
        ];
        assert.deepEqual(callsOf(trace(client, ...tags.map((more) => span("b", client, { ...SERVER, ...more })))), [
            "a > b: 4, 3 failed",
        ]);
    });

    it("shows a host that reports no spans, from the span of its caller", () => {
        const cluster = { "upstream_cluster.name": "outbound|5432||db.prod.svc.cluster.local;" };
        const known = span("a", undefined, { ...CLIENT, ...cluster });
        const named = span("a", undefined, { ...CLIENT, "peer.service": "billing" });
        const byUrl = span("a", undefined, { ...CLIENT, "http.url": "https://api.example.com/v1" });
        const nameless = span("a", undefined, CLIENT);
        const { services } = graphOf([trace(known, named, byUrl, nameless)]);
        assert.deepEqual(
            services.filter(({ reports }) => !reports).map(({ name }) => name),
            ["api.example.com", "billing", "db.prod.svc.cluster.local:5432"],
        );
    });

    it("takes a call of an application that its sidecar also reports for one", () => {
        const app = span("a", undefined, { ...CLIENT, "peer.service": "b" });
        const proxy = span("a", app, CLIENT);
        assert.deepEqual(callsOf(trace(app, proxy, span("b", proxy, SERVER))), ["a > b: 1, 0 failed"]);
    });

    it("has a call of a service to itself, and none for its internal spans", () => {
        const client = span("a", undefined, CLIENT);
        const server = span("a", client, SERVER);
        assert.deepEqual(callsOf(trace(client, server, span("a", server))), ["a > a: 1, 0 failed"]);
    });

    it("is empty without traces", () => {
        assert.deepEqual(graphOf([]), { services: [], edges: [], traces: 0, orphans: 0 });
    });
});
