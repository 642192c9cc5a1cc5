import assert from "node:assert/strict";
import { findJoined, whyNotJoined } from "../../../../shared/jaeger/joined";
import type { Span, Trace } from "../../../../shared/jaeger/client";
import { renderWaterfall } from "../../../../shared/jaeger/waterfall";

const ID = "4bf92f3577b34da6a3ce929d0e0e4736";

function span(service: string, spanId: string, parentSpanId: string, startMicros = 0, durationMicros = 1000): Span {
    return { traceId: ID, spanId, parentSpanId, service, operation: "GET", startMicros, durationMicros, tags: {} };
}
const joined: Trace = { traceId: ID, spans: [span("front", "aa", "", 100, 4000), span("back", "bb", "aa", 600, 2000)] };

describe("a joined trace", () => {
    it("has a child of the caller in the callee and a 128-bit id", () => {
        assert.equal(whyNotJoined(joined, "front", "back"), undefined);
    });

    it("is not one whose services stand side by side", () => {
        const apart = { traceId: ID, spans: [span("front", "aa", ""), span("back", "bb", "")] };
        assert.match(whyNotJoined(apart, "front", "back") ?? "", /no span of back is a child/);
    });

    it("is not one with a service missing", () => {
        assert.match(whyNotJoined({ traceId: ID, spans: [span("front", "aa", "")] }, "front", "back") ?? "", /back/);
        assert.match(whyNotJoined({ traceId: ID, spans: [span("back", "aa", "")] }, "front", "back") ?? "", /front/);
    });

    it("is not one with an id of 64 bits", () => {
        assert.match(whyNotJoined({ ...joined, traceId: "a3ce929d0e0e4736" }, "front", "back") ?? "", /128/);
        assert.match(
            whyNotJoined({ ...joined, traceId: `${"0".repeat(16)}a3ce929d0e0e4736` }, "front", "back") ?? "",
            /128/,
        );
    });

    it("is found among others, the newest first", () => {
        const newer = { ...joined, spans: joined.spans.map((one) => ({ ...one, startMicros: one.startMicros + 9 })) };
        assert.equal(findJoined([{ traceId: ID, spans: [] }, joined, newer], "front", "back"), newer);
        assert.equal(findJoined([], "front", "back"), undefined);
    });
});

describe("the waterfall", () => {
    it("shows service, operation, start, duration and parent of each span, children below their parents", () => {
        const lines = renderWaterfall(joined);
        assert.match(lines[0] ?? "", new RegExp(`^trace ${ID}, 2 spans, 4\\.00 ms$`));
        assert.match(lines[2] ?? "", /^ {2}front +GET +\+0\.00 ms +4\.00 ms +aa +- +\|={30}\|$/);
        assert.match(lines[3] ?? "", /^ {4}back +GET +\+0\.50 ms +2\.00 ms +bb +aa +\| {3}={15} {12}\|$/);
    });

    it("shows a span whose parent is not in the trace, as the frontend's own context is", () => {
        const lines = renderWaterfall({ traceId: ID, spans: [span("front", "aa", "client-span")] });
        assert.match(lines[2] ?? "", /front .* client-span/);
    });
});
