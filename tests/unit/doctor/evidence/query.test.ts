import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Access } from "../../../../doctor/connection/access";
import { openQuery, type QueryEvidence, type QueryOptions } from "../../../../doctor/evidence/query";
import { findBasePaths } from "../../../../doctor/evidence/queryBasePath";
import type { Discovery } from "../../../../doctor/inventory/objects";
import { explainNetworkError } from "../../../../shared/cluster/request";

const EMPTY = {
    services: { value: [] },
    pods: { value: [] },
} as unknown as Discovery;

describe("a Jaeger that is named by its URL", () => {
    let server: Server;
    let url: string;
    before(async () => {
        server = createServer((request, response) => {
            const { authorization } = request.headers;
            if (request.url?.startsWith("/failing") === true) return void response.writeHead(500).end("{}");
            if (request.url?.startsWith("/page") === true) return void response.end("<html>");
            if (request.url?.startsWith("/locked") === true && authorization !== `Basic ${btoa("anna:a:b%")}`)
                return void response.writeHead(401).end();
            const known = /^\/(locked\/)?(jaeger\/)?api\/services$/.test(request.url ?? "");
            response.writeHead(known ? 200 : 404).end(JSON.stringify({ data: ["frontend.demo"] }));
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    });
    after(() => {
        server.closeAllConnections();
        server.close();
    });
    const ask = (options: QueryOptions): Promise<QueryEvidence> =>
        openQuery({} as unknown as Access, EMPTY, undefined, options);

    it("is asked there, below its base path and with the login of the environment", async () => {
        for (const options of [
            { jaegerUrl: url },
            { jaegerUrl: `${url}/jaeger/` },
            { jaegerUrl: `${url}/locked`, jaegerLogin: "anna:a:b%" },
            { jaegerUrl: `${url.replace("//", "//anna:a%3Ab%25@")}/locked` },
        ]) {
            const { services, problem, blind } = await ask(options);
            assert.deepEqual([services, problem, blind], [["frontend.demo"], undefined, undefined]);
        }
    });

    const refusals: { what: string; at: string; login?: string; problem: RegExp; next: RegExp }[] = [
        { what: "that asks for a login", at: "/locked", problem: /status 401/, next: /set JAEGER_LOGIN=USER:PASSWORD/ },
        {
            what: "that does not know the login",
            at: "/locked",
            login: "anna:wrong",
            problem: /status 401/,
            next: /^correct the user and password in JAEGER_LOGIN$/,
        },
        { what: "that is not at this path", at: "/other", problem: /no query API there/, next: /^correct --jaeger$/ },
        { what: "that shows a page there", at: "/page", problem: /no query API there/, next: /^correct --jaeger$/ },
    ];
    for (const { what, at, login, problem, next } of refusals) {
        it(`is nobody's fault where it is one ${what}; the next step is told`, async () => {
            const found = await ask({ jaegerUrl: url + at, ...(login !== undefined && { jaegerLogin: login }) });
            assert.equal(found.client, undefined);
            assert.match(found.problem ?? "", problem);
            assert.match(found.blind ?? "", next);
        });
    }

    it("is known to fail where its storage does not answer", async () => {
        const { failing, problem } = await ask({ jaegerUrl: `${url}/failing` });
        assert.deepEqual([failing, problem], [true, "it answers with status 500"]);
        assert.notEqual((await ask({ jaegerUrl: `${url}/page` })).failing, true);
    });

    it("is said to give no answer where a question was not waited for", () => {
        const error = new DOMException("The operation was aborted due to timeout", "TimeoutError");
        assert.match(explainNetworkError(error, 5, url).reason, /^no answer within 5 s/);
    });

    it("is nobody's fault where nothing listens", async () => {
        const { problem, blind } = await ask({ jaegerUrl: "http://127.0.0.1:65535" });
        assert.match(problem ?? "", /connection refused/);
        assert.equal(blind, "correct --jaeger");
    });
});

describe("Jaeger's base path", () => {
    const settings: [string, string][] = [
        ["extensions:\n  jaeger_query:\n    base_path: /traces\n", "/traces"],
        ['{"extensions":{"jaeger_query":{"base_path":"/a/b/"}}}', "/a/b"],
        ["--query.base-path=/jaeger-ui", "/jaeger-ui"],
        ["QUERY_BASE_PATH=/ui", "/ui"],
        ["--set=extensions.jaeger_query.base_path=/x", "/x"],
    ];
    for (const [text, path] of settings) {
        it(`is read from ${JSON.stringify(text)}`, () => {
            assert.deepEqual(findBasePaths(text), [path]);
        });
    }
});
