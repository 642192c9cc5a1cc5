import assert from "node:assert/strict";
import { createServer as createHttp, type RequestListener } from "node:http";
import { createServer as createHttp2 } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { askReceiver } from "../../../../doctor/evidence/askReceiver";

/** A collector whose gRPC answers with a status in the trailers, or with none. */
function grpc(status: string | undefined): Server {
    const server = createHttp2();
    server.on("stream", (stream) => {
        stream.respond(
            { ":status": 200, "content-type": "application/grpc" },
            { waitForTrailers: status !== undefined },
        );
        stream.on("wantTrailers", () => {
            stream.sendTrailers({ "grpc-status": status });
        });
        stream.end(Buffer.alloc(5));
    });
    return server;
}

function http(answer: RequestListener): Server {
    return createHttp(answer);
}

describe("what a port of a collector takes", () => {
    const servers: [string, () => Server, string][] = [
        ["OTLP over gRPC", () => grpc("0"), "otlp-grpc"],
        ["gRPC of another service", () => grpc("12"), "other-grpc"],
        [
            "OTLP over HTTP",
            () =>
                http((request, response) =>
                    response.writeHead(request.url === "/v1/traces" ? 200 : 404).end('{"partialSuccess":{}}'),
                ),
            "otlp-http",
        ],
        [
            "Zipkin",
            () => http((request, response) => response.writeHead(request.url === "/api/v2/spans" ? 202 : 404).end()),
            "zipkin",
        ],
        [
            "an application that answers everything",
            () => http((_, response) => response.end("no spans here")),
            "other-http",
        ],
    ];
    for (const [what, open, expected] of servers) {
        it(`is told from its answers (${what})`, async () => {
            const server = open();
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
            const { taken } = await askReceiver(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
            server.close();
            assert.equal(taken, expected);
        });
    }

    const paths: [string, string, number, string, { taken: string; path?: string }][] = [
        ["a vendor's path", "/otlp/v1/traces", 200, "/otlp/v1/traces", { taken: "otlp-http", path: "/otlp/v1/traces" }],
        ["the usual path alone", "/v1/traces", 200, "/v2/traces", { taken: "otlp-http", path: "/v1/traces" }],
        ["a path of Zipkin", "/zipkin", 202, "/zipkin", { taken: "zipkin", path: "/zipkin" }],
        ["no path that anybody knows", "/spans", 200, "/v2/traces", { taken: "other-http" }],
    ];
    for (const [what, served, status, asked, expected] of paths) {
        it(`is asked at the provider's own path first (${what})`, async () => {
            const server = http((request, response) => {
                response.writeHead(request.url === served ? status : 404).end("{}");
            });
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
            const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
            assert.deepEqual(await askReceiver(url, asked), expected);
            server.close();
        });
    }

    it("is nothing where nobody listens", async () => {
        assert.deepEqual(await askReceiver("http://127.0.0.1:9"), { taken: "closed" });
    });
});
