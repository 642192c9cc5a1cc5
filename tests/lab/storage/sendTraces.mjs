// Sends traces by OTLP over HTTP to the URL that is given, and prints the id of each that was acknowledged. Ends with the
// first call that fails.
import { randomBytes } from "node:crypto";

const [url] = process.argv.slice(2);
const attributes = Array.from({ length: 20 }, (_, index) => ({
    key: `attribute-${index}`,
    value: { stringValue: `a value as long as those of Envoy, ${index}` },
}));
const resource = { attributes: [{ key: "service.name", value: { stringValue: "sent.test" } }] };

function spanOf(traceId) {
    const now = BigInt(Date.now()) * 1_000_000n;
    const times = { startTimeUnixNano: String(now), endTimeUnixNano: String(now + 1_000_000n) };
    return { traceId, spanId: randomBytes(8).toString("hex"), name: "sent", kind: 2, ...times, attributes };
}

async function send() {
    for (;;) {
        const ids = Array.from({ length: 5 }, () => randomBytes(16).toString("hex"));
        const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: ids.map(spanOf) }] }] });
        const headers = { "content-type": "application/json" };
        const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(10_000) });
        if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
        await answer.text();
        process.stdout.write(ids.map((id) => `${id}\n`).join(""));
    }
}

await Promise.allSettled([send(), send(), send(), send()]);
