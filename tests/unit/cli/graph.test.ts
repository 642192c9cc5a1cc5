import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const BOOTSTRAP = join(__dirname, "../../../cli/bootstrap.mjs");

describe("npm run graph, with only the URL of a Jaeger", () => {
    let server: Server;
    let url: string;
    const asked: string[] = [];
    before(async () => {
        const spans = ["frontend", "backend"].map((processID, index) => ({
            ...{
                traceID: "t",
                spanID: `s${String(index)}`,
                operationName: "/",
                startTime: index,
                duration: 2000,
                processID,
            },
            references: index === 0 ? [] : [{ refType: "CHILD_OF", spanID: "s0" }],
            tags: [{ key: "span.kind", value: index === 0 ? "client" : "server" }],
        }));
        const processes = { frontend: { serviceName: "frontend.demo" }, backend: { serviceName: "backend.demo" } };
        const answers: Record<string, unknown> = {
            "/jaeger/api/services": { data: ["frontend.demo", "backend.demo"] },
            "/jaeger/api/traces": { data: [{ traceID: "t", processes, spans }] },
            "/empty/api/services": { data: [] },
        };
        server = createServer((request, response) => {
            asked.push(request.url ?? "");
            const answer = answers[request.url?.split("?")[0] ?? ""];
            response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
            response.end(JSON.stringify(answer ?? {}));
        }).listen(0, "127.0.0.1");
        await once(server, "listening");
        url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    });
    after(() => server.close());

    const run = async (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
        const child = spawn(process.execPath, [BOOTSTRAP, "graph", ...args]);
        let [stdout, stderr] = ["", ""];
        child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
        child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
        const [code] = (await once(child, "close")) as [number];
        assert.doesNotMatch(stderr, /^\s+at .+:\d+:\d+/m);
        return { code, stdout, stderr };
    };

    it("asks for the limit and the time range, counts a trace once, and ends with 0", async () => {
        const { code, stdout, stderr } = await run("--jaeger", `${url}/jaeger`, "--limit", "7", "--lookback", "2h");
        assert.equal(code, 0, stderr);
        assert.match(stdout, /s1 -->\|"1 calls, 2\.0 ms"\| s0/);
        const query = new URL(asked.find((path) => path.includes("/traces")) ?? "", url).searchParams;
        assert.equal(query.get("limit"), "7");
        assert.equal(Number(query.get("end")) - Number(query.get("start")), 7200e6);
    });

    it("ends with 1 and the next step where there are no traces", async () => {
        const { code, stderr } = await run("--jaeger", `${url}/empty`);
        assert.equal(code, 1, stderr);
        assert.match(stderr, /no traces in the last 1h\. Next: send requests/);
    });

    it("ends with 2 where the options or the address are wrong, and says all at once", async () => {
        const wrong = await run("--jaeger", "jaeger", "--limit", "0", "--lookback", "8d");
        assert.equal(wrong.code, 2);
        assert.match(
            wrong.stderr,
            /--jaeger to be a URL[\s\S]*--lookback to be minutes or hours[\s\S]*--limit to be a whole number/,
        );
        const nowhere = await run("--jaeger", "http://127.0.0.1:9");
        assert.equal(nowhere.code, 2);
        assert.match(nowhere.stderr, /expected an answer from Jaeger's query API at http:\/\/127\.0\.0\.1:9.*Next: /);
    });
});
