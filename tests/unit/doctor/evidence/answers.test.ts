import assert from "node:assert/strict";
import type { Access, ExecResult } from "../../../../doctor/connection/access";
import { readLogs } from "../../../../doctor/evidence/accessLog";
import { askThrough, type Refusal } from "../../../../doctor/evidence/queryRequest";
import { BY_OPTIONS } from "../../../../doctor/nextSteps";
import { freshIds, sendProbes, type HttpClient } from "../../../../doctor/probe/requests";
import type { Failure } from "../../../../shared/cluster/facts";
import type { PodObject } from "../../../../shared/kubernetes/objects";

const WHERE = { namespace: "demo", pod: "frontend", container: "app" };

describe("a refusal on the way to Jaeger", () => {
    const next = async (failure: Failure): Promise<string | undefined> => {
        const access = { get: () => Promise.resolve({ failure }) } as unknown as Access;
        return askThrough(access)("/api/services").then(
            () => assert.fail("it was not refused"),
            (error: unknown) => (error as Refusal).next,
        );
    };

    it("is cured by more rights only where the API server refuses", async () => {
        const refused = { kind: "forbidden", reason: "in whatever words" } as const;
        assert.equal(await next({ ...refused, byApiServer: true }), BY_OPTIONS.reachJaeger);
        assert.equal(await next({ ...refused, byApiServer: false }), undefined);
    });

    it("asks for a login where Jaeger does", async () => {
        assert.match((await next({ kind: "unauthorized", reason: "no" })) ?? "", /JAEGER_LOGIN/);
    });
});

describe("a probe without an answer", () => {
    const send = async (client: HttpClient, answer: ExecResult): Promise<boolean[]> => {
        const access = { exec: () => Promise.resolve({ value: answer }) } as unknown as Access;
        const fact = await sendProbes(access, WHERE, client, "http://backend", [freshIds()], false);
        return "value" in fact ? fact.value.map(({ unresolved }) => unresolved) : [];
    };

    it("tells a host that the client does not know from one that is silent", async () => {
        const curl = "curl: (6) Could not resolve host: backend\n";
        const wget = "wget: bad address 'backend'\n";
        assert.deepEqual(await send("curl", { code: 6, stdout: "000\n", stderr: curl }), [true]);
        assert.deepEqual(await send("wget", { code: 1, stdout: "", stderr: wget }), [true]);
        const silent = "curl: (7) Failed to connect to backend port 80\n";
        assert.deepEqual(await send("curl", { code: 7, stdout: "000\n", stderr: silent }), [false]);
    });
});

describe("the access log of a probe", () => {
    const read = async (line: (requestId: string) => string): Promise<string | undefined> => {
        const ids = freshIds();
        const access = { text: () => Promise.resolve({ value: line(ids.requestId) }) } as unknown as Access;
        const containers = [{ name: "istio-proxy" }];
        const pod = { metadata: { name: "frontend", namespace: "demo" }, spec: { containers } } as PodObject;
        return (await readLogs(access, [pod], [ids])).responseFlags;
    };

    it("gives Envoy's response flags, where there are any", async () => {
        assert.equal(await read((id) => `[t] "GET / HTTP/1.1" 503 UF,URX via_upstream "${id}"`), "UF,URX");
        assert.equal(await read((id) => `[t] "GET / HTTP/1.1" 200 - via_upstream "${id}"`), undefined);
    });
});
