// Sends traces by OTLP over HTTP to the URL that is given for so many seconds, whatever fails meanwhile, and prints the ID
// of each that was acknowledged. Two senders pause so many milliseconds, 100 by default, after each call with five traces.
import { randomBytes } from "node:crypto";

const [url, seconds, pause = "100"] = process.argv.slice(2);
const end = Date.now() + Number(seconds) * 1000;
const resource = { attributes: [{ key: "service.name", value: { stringValue: "sent.test" } }] };

function spanOf(traceId) {
    const now = BigInt(Date.now()) * 1_000_000n;
    const times = { startTimeUnixNano: String(now), endTimeUnixNano: String(now + 1_000_000n) };
    return { traceId, spanId: randomBytes(8).toString("hex"), name: "sent", kind: 2, ...times };
}

async function send() {
    while (Date.now() < end) {
        const ids = Array.from({ length: 5 }, () => randomBytes(16).toString("hex"));
        const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: ids.map(spanOf) }] }] });
        // A connection for each call, so that every pod gets its share.
        const headers = { "content-type": "application/json", connection: "close" };
        const answer = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(3000) }).catch(
            () => undefined,
        );
        await answer?.text().catch(() => undefined);
        if (answer?.ok) process.stdout.write(ids.map((id) => `${id}\n`).join(""));
        await new Promise((resolve) => setTimeout(resolve, Number(pause)));
    }
}

await Promise.all([send(), send()]);
