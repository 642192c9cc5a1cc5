import assert from "node:assert/strict";
import { createServer, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { sendTraces } from "../../../bench/tier/load";

const CALM = new AbortController().signal;

/** Fields of a protobuf message, by number; the content of texts and messages, in order. */
function fields(message: Buffer): Map<number, Buffer[]> {
    const found = new Map<number, Buffer[]>();
    let at = 0;
    const varint = (): number => {
        let value = 0;
        for (let shift = 1; ; shift *= 128) {
            const byte = message[at++] ?? 0;
            value += (byte % 128) * shift;
            if (byte < 128) return value;
        }
    };
    while (at < message.length) {
        const tag = varint();
        const start = tag % 8 === 2 ? varint() : 0;
        const from = at;
        if (tag % 8 === 2) at += start;
        else if (tag % 8 === 1) at += 8;
        else varint();
        found.set(tag >> 3, [...(found.get(tag >> 3) ?? []), message.subarray(from, at)]);
    }
    return found;
}

const inside = (message: Buffer, ...path: number[]): Buffer[] =>
    path.reduce((messages, number) => messages.flatMap((one) => fields(one).get(number) ?? []), [message]);

describe("the benchmark's sender of traces", () => {
    let server: Http2Server;
    let exports: Buffer[];
    let status: string;
    let mostOpen: number;
    beforeEach(async () => {
        exports = [];
        let open = 0;
        mostOpen = 0;
        status = "0";
        server = createServer();
        server.on("stream", (stream) => {
            mostOpen = Math.max(mostOpen, ++open);
            stream.on("close", () => open--);
            void buffer(stream).then((body) => {
                assert.equal(body.readUInt32BE(1), body.length - 5);
                exports.push(body.subarray(5));
                stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
                stream.on("wantTrailers", () => {
                    stream.sendTrailers({ "grpc-status": status });
                });
                stream.end(Buffer.alloc(5));
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    afterEach(() => {
        server.close();
    });

    const load = (counts: Record<string, number>): Parameters<typeof sendTraces>[1] => {
        const { port } = server.address() as AddressInfo;
        return { address: "127.0.0.1", port, counts, spansPerTrace: 3, seconds: 1 };
    };

    it("sends every span of every trace, and tells the traces by what they are", async () => {
        const sent = await sendTraces(undefined, load({ errors: 20, slow: 10, other: 220 }), CALM);
        assert.deepEqual({ spans: sent.spans, refusedSpans: sent.refusedSpans }, { spans: 750, refusedSpans: 0 });
        const spans = exports.flatMap((one) => inside(one, 1, 2, 2));
        assert.equal(spans.length, 750);
        const ids = (kind: string): string[] => [...(sent.traces[kind] ?? [])].sort();
        const traceOf = (span: Buffer): string => inside(span, 1)[0]?.toString("hex") ?? "";
        const failed = spans.filter((span) => inside(span, 15).length > 0).map(traceOf);
        assert.deepEqual(failed.sort(), ids("errors"));
        const took = (span: Buffer): bigint =>
            [8, 7].map((field) => inside(span, field)[0]?.readBigUInt64LE() ?? 0n).reduce((end, start) => end - start);
        assert.deepEqual(
            spans
                .filter((span) => took(span) > 500_000_000n)
                .map(traceOf)
                .sort(),
            ids("slow"),
        );
        assert.deepEqual([ids("errors").length, ids("slow").length, ids("other").length], [20, 10, 220]);
        const urls = spans.flatMap((span) => inside(span, 9, 2, 1)).filter((value) => value.includes("/cart"));
        assert.equal(urls.length, 750);
    });

    it("gives each trace a request ID of its own, by which it can be found", async () => {
        await sendTraces(undefined, load({ other: 40 }), CALM);
        const tags = exports
            .flatMap((one) => inside(one, 1, 2, 2))
            .map((span) => {
                const tag = inside(span, 9).find((one) => inside(one, 1)[0]?.toString() === "guid:x-request-id");
                assert.ok(tag);
                return `${inside(span, 1)[0]?.toString("hex") ?? ""} ${inside(tag, 2, 1)[0]?.toString() ?? ""}`;
            });
        assert.deepEqual([tags.length, new Set(tags).size], [120, 40]);
        assert.equal(new Set(tags.map((tag) => tag.split(" ")[1])).size, 40);
    });

    it("sends as fast as spans are taken, in exports of the size that it is told", async () => {
        const sent = await sendTraces(
            undefined,
            { ...load({ other: 400 }), seconds: 0, mostInGroup: 5, mostOpen: 6, limitSeconds: 30 },
            CALM,
        );
        assert.deepEqual([sent.spans, sent.refusedSpans], [1200, 0]);
        assert.equal(Math.max(...exports.map((one) => inside(one, 1, 2, 2).length)), 5);
        assert.ok(mostOpen <= 9, `${String(mostOpen)} exports waited for their answer`);
    });

    it("counts what was refused, and tells no trace of it as taken", async () => {
        status = "14";
        const sent = await sendTraces(undefined, load({ errors: 10 }), CALM);
        assert.deepEqual({ ...sent, seconds: 0 }, { spans: 30, refusedSpans: 30, seconds: 0, traces: {} });
    });

    it("ends when the benchmark is interrupted", async () => {
        const abort = new AbortController();
        const sending = sendTraces(undefined, { ...load({ other: 10_000 }), seconds: 60 }, abort.signal);
        while (exports.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
        abort.abort();
        await assert.rejects(sending, /abort/i);
    });
});
