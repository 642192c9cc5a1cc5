import assert from "node:assert/strict";
import type { Span } from "../../../../shared/jaeger/client";
import { toZipkinSpan } from "../../../../shared/jaeger/zipkin";

const SPAN: Span = {
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    spanId: "00f067aa0ba902b7",
    parentSpanId: "",
    service: "frontend.demo",
    operation: "GET /",
    startMicros: 1_795_747_721_901_254,
    durationMicros: 864,
    tags: {},
};

function withTags(tags: Record<string, string>): ReturnType<typeof toZipkinSpan> {
    return toZipkinSpan({ ...SPAN, tags });
}

describe("a span of Jaeger for Zipkin", () => {
    it("keeps ids, names, times and tags", () => {
        const tags = { "http.status_code": "200", "span.kind": "client" };
        assert.deepEqual(withTags(tags), {
            traceId: SPAN.traceId,
            id: SPAN.spanId,
            name: "GET /",
            kind: "CLIENT",
            timestamp: SPAN.startMicros,
            duration: 864,
            localEndpoint: { serviceName: "frontend.demo" },
            tags: { "http.status_code": "200" },
        });
    });

    it("has a parent if it has one in Jaeger", () => {
        assert.equal(toZipkinSpan({ ...SPAN, parentSpanId: "65bae297d352434b" }).parentId, "65bae297d352434b");
        assert.ok(!("parentId" in toZipkinSpan(SPAN)));
    });

    it("has a side of the request only where Zipkin knows it", () => {
        for (const kind of ["client", "server", "producer", "consumer"])
            assert.equal(withTags({ "span.kind": kind }).kind, kind.toUpperCase());
        assert.ok(!("kind" in withTags({ "span.kind": "internal" })));
        assert.ok(!("kind" in withTags({})));
    });

    it("counts as failed if it failed, although Zipkin looks at the tag alone", () => {
        assert.deepEqual(withTags({ error: "true" }).tags, { error: "true" });
        assert.deepEqual(withTags({ error: "false" }).tags, {});
    });

    it("lasts at least a microsecond, because Zipkin refuses spans without a duration", () => {
        assert.equal(toZipkinSpan({ ...SPAN, durationMicros: 0 }).duration, 1);
    });
});
