import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { sendLoad, type TracedRequest } from "../../../bench/mesh/load";

const CALM = new AbortController().signal;

describe("the load of the benchmark", () => {
    let server: Server;
    let seen: { connection: number; traceparent: string | undefined }[];
    let answer: RequestListener;
    beforeEach(async () => {
        seen = [];
        answer = (_, response) => response.end("hello\n");
        server = createServer((request, response) => {
            const { traceparent } = request.headers;
            seen.push({
                connection: request.socket.remotePort ?? 0,
                traceparent: typeof traceparent === "string" ? traceparent : undefined,
            });
            answer(request, response);
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    afterEach(() => {
        server.closeAllConnections();
        server.close();
    });

    const to = (): { address: string; port: number; authority: string } => {
        const { port } = server.address() as AddressInfo;
        return { address: "127.0.0.1", port, authority: "echo.test" };
    };

    it("sends exactly as many requests as asked for, over as many connections, and counts the answers", async () => {
        const result = await sendLoad(undefined, { ...to(), connections: 4, seconds: 20, requests: 200 }, CALM);
        assert.deepEqual({ ...result, seconds: 0 }, { sent: 200, answered: 200, failed: 0, seconds: 0 });
        assert.equal(seen.length, 200);
        assert.equal(new Set(seen.map(({ connection }) => connection)).size, 4);
        assert.ok(seen.every(({ traceparent }) => traceparent === undefined));
    });

    it("counts an answer other than 200 as failed and goes on", async () => {
        answer = (_, response) => {
            response.statusCode = seen.length % 2 === 0 ? 503 : 200;
            response.end("x");
        };
        const { answered, failed } = await sendLoad(
            undefined,
            { ...to(), connections: 1, seconds: 20, requests: 10 },
            CALM,
        );
        assert.deepEqual({ answered, failed }, { answered: 5, failed: 5 });
    });

    it("tells the trace of each answered request, which the server has got as sampled", async () => {
        const told: TracedRequest[] = [];
        const load = { ...to(), connections: 2, seconds: 20, requests: 6, traces: true };
        await sendLoad(undefined, load, CALM, (request) => told.push(request));
        const got = seen.map(({ traceparent = "" }) => /^00-([0-9a-f]{32})-[0-9a-f]{16}-01$/.exec(traceparent)?.[1]);
        assert.deepEqual(told.map(({ traceId }) => traceId).sort(), got.sort());
    });

    it("ends when the benchmark is interrupted", async () => {
        const abort = new AbortController();
        const load = { ...to(), connections: 1, seconds: 60, requestsPerSecond: 20 };
        const sending = sendLoad(undefined, load, abort.signal);
        while (seen.length < 2) await setTimeout(20);
        abort.abort();
        await assert.rejects(sending, /abort/i);
    });
});
