import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { renderFrontendScript, type TraceContextOrigin } from "../../../../components/render/frontendScript";

/** Runs the real script with the shell of this machine until the server has seen so many requests. */
async function headersSeen(
    origin: TraceContextOrigin,
    count: number,
    statuses = [200],
    { callsOrders = false } = {},
): Promise<IncomingHttpHeaders[]> {
    const seen: IncomingHttpHeaders[] = [];
    const server = createServer((request, response) => {
        response.statusCode = statuses[seen.length % statuses.length] ?? 200;
        seen.push(request.headers);
        response.end("ok");
        if (seen.length === count) server.emit("enough");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const child = spawn("sh", ["-c", renderFrontendScript(origin, callsOrders)], {
        env: { ...process.env, BACKEND_URL: url, ORDERS_URL: url, INTERVAL_SECONDS: "0.01" },
        stdio: "ignore",
    });
    try {
        await once(server, "enough");
    } finally {
        const ended = once(child, "exit");
        child.kill("SIGTERM");
        await ended;
        server.closeAllConnections();
        server.close();
    }
    return seen;
}

describe("the frontend's loop", () => {
    it("sends a fresh sampled 128-bit context with each request, W3C and B3 agreeing", async () => {
        const requests = await headersSeen("client", 3);
        const traceIds = requests.map((headers) => {
            const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/.exec(headers["traceparent"] as string);
            assert.ok(match, String(headers["traceparent"]));
            assert.equal(headers["x-b3-traceid"], match[1]);
            assert.equal(headers["x-b3-spanid"], match[2]);
            assert.equal(headers["x-b3-sampled"], "1");
            return match[1];
        });
        assert.equal(new Set(traceIds).size, 3);
    });

    it("sends no trace header when the mesh starts the trace", async () => {
        const [headers] = await headersSeen("mesh", 1);
        for (const name of Object.keys(headers ?? {}))
            assert.doesNotMatch(name, /^(traceparent|tracestate|x-b3-.*|b3)$/);
    });

    it("calls the third service in the trace of its request to the backend, also if that service fails", async () => {
        const requests = await headersSeen("client", 4, [200, 503], { callsOrders: true });
        const contexts = requests.map((headers) => headers["traceparent"]);
        assert.deepEqual([contexts[0], contexts[2]], [contexts[1], contexts[3]]);
        assert.notEqual(contexts[0], contexts[2]);
    });

    it("goes on after a request that fails", async () => {
        assert.equal((await headersSeen("mesh", 2, [503, 200])).length, 2);
    });
});
