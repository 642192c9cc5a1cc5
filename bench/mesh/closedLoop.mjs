// Sends HTTP/1.1 requests over a fixed number of connections, each of which waits for its answer before the next
// request, and prints one line of JSON at the end: { sent, answered, failed, seconds }. It reads raw sockets, so that
// two cores are left to what is measured. With `traces`, every request has its own sampled trace context, and a line {
// traceId, sentAt } is printed for each as it is answered.
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";

const { address, port, authority, connections, seconds, requests, requestsPerSecond, traces } = JSON.parse(
    process.argv[2],
);
const HEAD_END = Buffer.from("\r\n\r\n");
const head = `GET /load HTTP/1.1\r\nhost: ${authority}\r\nuser-agent: istio-tracing-bench\r\n`;
const plain = Buffer.from(`${head}\r\n`);

const counts = { sent: 0, answered: 0, failed: 0 };
const began = performance.now();
const deadline = began + seconds * 1000;

/** Resolves when it is this request's turn; false when there is none left. */
async function turn() {
    const number = counts.sent;
    if (number >= requests || performance.now() >= deadline) return false;
    counts.sent++;
    if (requestsPerSecond === undefined) return true;
    const wait = began + (number * 1000) / requestsPerSecond - performance.now();
    if (wait > 1) await setTimeout(wait);
    return true;
}

/** The bytes of an answer, once it is there as a whole; its length comes from its head. */
function wholeAnswer(bytes) {
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) return undefined;
    const text = bytes.toString("latin1", 0, end).toLowerCase();
    const length = /\r\ncontent-length: (\d+)/.exec(text)?.[1];
    if (length === undefined) throw new Error("an answer without content-length");
    return bytes.length < end + 4 + Number(length) ? undefined : { ok: text.startsWith("http/1.1 200"), text };
}

/** One connection; it resolves with the reason when the connection cannot be used any more. */
function open() {
    return new Promise((resolve, reject) => {
        const socket = connect({ host: address, port, noDelay: true });
        let received = Buffer.alloc(0);
        let waiting;
        const end = (error) => {
            waiting?.reject(error);
            waiting = undefined;
            reject(error);
        };
        socket.setTimeout(10_000, () => socket.destroy(new Error("no answer within 10 s")));
        socket.on("error", end).on("close", () => end(new Error("closed")));
        socket.on("connect", () =>
            resolve({
                socket,
                ask: (request) =>
                    new Promise((answered, failed) => {
                        waiting = { resolve: answered, reject: failed };
                        socket.write(request);
                    }),
            }),
        );
        socket.on("data", (chunk) => {
            received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
            let answer;
            try {
                answer = wholeAnswer(received);
            } catch (error) {
                socket.destroy(error);
                return;
            }
            if (answer === undefined) return;
            received = Buffer.alloc(0);
            waiting?.resolve(answer);
            waiting = undefined;
        });
    });
}

async function loop() {
    let connection;
    while (await turn()) {
        const traceId = traces === true ? randomBytes(16).toString("hex") : undefined;
        const request =
            traceId === undefined
                ? plain
                : `${head}traceparent: 00-${traceId}-${randomBytes(8).toString("hex")}-01\r\n\r\n`;
        try {
            connection ??= await open();
            const sentAt = performance.timeOrigin + performance.now();
            const { ok, text } = await connection.ask(request);
            if (!ok) throw new Error("not answered with 200");
            counts.answered++;
            if (traceId !== undefined) console.log(JSON.stringify({ traceId, sentAt }));
            if (!text.includes("\r\nconnection: close")) continue;
        } catch {
            counts.failed++;
            // Whoever refuses must not be asked in an endless rush.
            await setTimeout(20);
        }
        connection?.socket.destroy();
        connection = undefined;
    }
    connection?.socket.destroy();
}

await Promise.all(Array.from({ length: connections }, loop));
console.log(JSON.stringify({ ...counts, seconds: (performance.now() - began) / 1000 }));
