// Sends traces by OTLP/gRPC at an even rate, as the sidecars of a mesh do: each export has one span of each of many
// traces. Prints one line of JSON at the end: { spans, refusedSpans, seconds, traces: { KIND: ID[] } }, with the traces
// whose spans were all acknowledged. The payload of an export is encoded without a library (spans.mjs).
//
// Argument: JSON with address, port, counts (traces by kind), spansPerTrace, seconds (0: as fast as they are taken),
// connections, mostInGroup and mostOpen.
import { randomBytes, randomUUID } from "node:crypto";
import { connect } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { encodeExport } from "./spans.mjs";

const settings = JSON.parse(process.argv[2]);
const { address, port, counts, spansPerTrace, seconds, connections = 4 } = settings;
/** Traces that share their exports: of a tenth of a second, as far as one export should have them. */
const { mostInGroup = 100 } = settings;
/** Exports without an answer, beyond which the sender waits, as it would otherwise run out of memory. */
const { mostOpen = 200 } = settings;
const EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const ANSWER_MS = 20_000;

const sessions = [];

/** A usable connection; a broken one is replaced. */
function sessionFor(number) {
    const at = number % connections;
    const current = sessions[at];
    if (current !== undefined && !current.closed && !current.destroyed) return current;
    const session = connect(`http://${address}:${port}`);
    session.on("error", () => undefined);
    // A server that ends says so, and takes no new calls.
    session.on("goaway", () => session.close());
    sessions[at] = session;
    return session;
}

/** Whether the export was acknowledged. */
function send(session, payload) {
    return new Promise((resolve) => {
        const head = Buffer.alloc(5);
        head.writeUInt32BE(payload.length, 1);
        let status;
        const note = (headers) => (status = headers["grpc-status"] ?? status);
        const call = session.request({
            ":method": "POST",
            ":path": EXPORT,
            ...{ "content-type": "application/grpc", te: "trailers" },
        });
        call.setTimeout(ANSWER_MS, () => call.close());
        call.on("response", note)
            .on("trailers", note)
            .on("error", () => undefined);
        call.on("close", () => resolve(String(status) === "0"));
        call.resume();
        call.end(Buffer.concat([head, payload]));
    });
}

const kinds = Object.entries(counts).flatMap(([kind, count]) => Array.from({ length: count }, () => kind));
// In no order, but the same in every run.
const order = kinds.map((kind, index) => [(index * 7919) % kinds.length, kind]).sort((a, b) => a[0] - b[0]);
const result = { spans: 0, refusedSpans: 0, seconds: 0, traces: {} };
const group = Math.ceil(Math.min(mostInGroup, order.length / (seconds * 10)));
const pending = new Set();
let calls = 0;

async function sendGroup(traces) {
    const answers = traces[0].spanIds.map((_, index) => {
        result.spans += traces.length;
        return send(sessionFor(calls++), encodeExport(traces, index)).catch(() => false);
    });
    const taken = await Promise.all(answers);
    result.refusedSpans += taken.filter((ok) => !ok).length * traces.length;
    if (taken.every(Boolean)) for (const { id, kind } of traces) (result.traces[kind] ??= []).push(id.toString("hex"));
}

const began = performance.now();
for (let start = 0; start < order.length; start += group) {
    const wait = began + (start * seconds * 1000) / order.length - performance.now();
    if (wait > 1) await sleep(wait);
    while (pending.size * spansPerTrace > mostOpen) await Promise.race(pending);
    const startNanos = BigInt(Date.now()) * 1_000_000n;
    const traces = order.slice(start, start + group).map(([, kind]) => ({
        ...{ kind, startNanos, id: randomBytes(16), requestId: randomUUID() },
        spanIds: Array.from({ length: spansPerTrace }, () => randomBytes(8)),
    }));
    const sending = sendGroup(traces).finally(() => pending.delete(sending));
    pending.add(sending);
}
await Promise.all(pending);
// The last exports are part of the load, but the pause after them is none.
result.seconds = (performance.now() - began) / 1000;
for (const session of sessions) session?.close();
process.stdout.write(`${JSON.stringify(result)}\n`);
