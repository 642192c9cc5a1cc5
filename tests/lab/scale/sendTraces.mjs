// Sends traces of two spans by OTLP over HTTP and prints the kind and the id of each whose spans were both acknowledged.
// The second span comes in a call of its own, and alone tells an error or a slow trace: a tier that does not bring the
// spans of a trace together keeps half of it.
//
// Arguments: URL, how many traces of each kind as JSON, and the seconds over which to send them.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const [url, counts = "{}", seconds = "0"] = process.argv.slice(2);
const BATCH = 50;

const text = (key, stringValue) => ({ key, value: { stringValue } });
const resource = (service) => ({ attributes: [text("service.name", service)] });

function traceOf(kind) {
    const [traceId, parent, child] = [16, 8, 8].map((bytes) => randomBytes(bytes).toString("hex"));
    const start = BigInt(Date.now()) * 1_000_000n;
    const times = (ms) => ({
        startTimeUnixNano: String(start),
        endTimeUnixNano: String(start + BigInt(ms) * 1_000_000n),
    });
    const code = kind === "errors" ? 2 : 0;
    const attributes = [
        text("http.url", kind === "health" ? "http://shop.example.com/healthz?full=1" : "http://shop.example.com/cart"),
        text("http.status_code", kind === "errors" ? "503" : kind === "missing" ? "404" : "200"),
        text("user_agent", "a browser"),
        text("kind", kind),
    ];
    // As Envoy has it: the client's span of a 404 is an error, and the server's is none.
    const status = { code: kind === "missing" ? 2 : 0 };
    return {
        ...{ kind, traceId },
        client: { traceId, spanId: parent, name: "call", kind: 3, ...times(5), attributes, status },
        server: {
            ...{ traceId, spanId: child, parentSpanId: parent, name: "serve", kind: 2 },
            ...{ ...times(kind === "slow" ? 900 : 4), attributes, status: { code } },
        },
    };
}

async function post(service, spans) {
    const body = JSON.stringify({ resourceSpans: [{ resource: resource(service), scopeSpans: [{ spans }] }] });
    const headers = { "content-type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(20_000) });
    await answer.text();
    return answer.ok;
}

const kinds = Object.entries(JSON.parse(counts)).flatMap(([kind, count]) => Array.from({ length: count }, () => kind));
// In no order, but the same in every run.
const order = kinds.map((kind, index) => [(index * 7919) % kinds.length, kind]).sort((a, b) => a[0] - b[0]);
const pause = (Number(seconds) * 1000 * BATCH) / Math.max(order.length, 1);
for (let start = 0; start < order.length; start += BATCH) {
    const began = Date.now();
    const traces = order.slice(start, start + BATCH).map(([, kind]) => traceOf(kind));
    const sent = await Promise.all([
        post(
            "sender.scale",
            traces.map(({ client }) => client),
        ).catch(() => false),
        post(
            "shop.scale",
            traces.map(({ server }) => server),
        ).catch(() => false),
    ]);
    const taken = sent.every(Boolean);
    process.stdout.write(traces.map(({ kind, traceId }) => `${taken ? kind : "refused"} ${traceId}\n`).join(""));
    await sleep(Math.max(0, pause - (Date.now() - began)));
}
