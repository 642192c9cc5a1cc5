import assert from "node:assert/strict";
import { diagnose, type Diagnosis } from "../../../../doctor/diagnose";
import { collectEvidence } from "../../../../doctor/evidence/collect";
import { directUrl } from "../../../../doctor/inCluster/directUrl";
import { interpretDirect } from "../../../../doctor/inCluster/interpretDirect";
import { runHere } from "../../../../doctor/inCluster/runHere";
import type { FakeMeshSpec } from "../fakeMesh";
import { inFakeMesh, OWN, type InFakeMesh } from "./helpers";

async function examine(spec: Partial<FakeMeshSpec> = {}): Promise<InFakeMesh & { diagnosis: Diagnosis }> {
    const mesh = inFakeMesh(spec);
    const options = { from: `pod/${OWN.name}`, namespace: OWN.namespace, to: "http://backend", requests: 1, probes: 1 };
    const evidence = await collectEvidence(mesh.access, { ...options, patienceSeconds: 0 }, () => undefined);
    return { ...mesh, diagnosis: diagnose(evidence) };
}

describe("the doctor in the cluster", () => {
    it("proves a mesh that works without commands in pods, port forwards and the API server's proxy", async () => {
        const { diagnosis, read, direct } = await examine();
        assert.deepEqual(
            diagnosis.findings.filter(({ severity }) => severity !== "info"),
            [],
        );
        assert.equal(diagnosis.healthy, true);
        assert.deepEqual(
            read.filter((path) => /\/(exec|portforward|proxy|secrets)\b/.test(path)),
            [],
        );
        assert.ok(direct.includes("http://jaeger-query.istio-system.svc:16686/api/services"));
        assert.ok(direct.includes("http://jaeger-0.ip:8888/metrics"));
    });

    it("asks the API server fewer than thirty times for a probe", async () => {
        const { read } = await examine();
        assert.ok(read.length > 10 && read.length < 30, read.join("\n"));
        assert.ok(read.every((path) => !path.includes("watch=")));
    });

    it("finds the same fault as from outside, with its segment", async () => {
        const { diagnosis } = await examine({ envoy: { traced: false } });
        assert.equal(diagnosis.healthy, false);
        assert.equal(diagnosis.brokenAt, "sidecar");
    });

    it("takes no query of its own for an answer to a probe", async () => {
        const { access } = inFakeMesh({ logLines: 1 });
        const path = "/api/v1/namespaces/demo/pods/frontend-0/log?container=istio-proxy";
        const query = `[t] "GET /api/traces/${"a".repeat(32)} HTTP/1.1" 200 "10.0.0.7:16686"`;
        const own = inFakeMesh({ queryLine: query });
        assert.deepEqual(await own.access.text(path), await access.text(path));
    });

    it("asks without a sampled trace context, so that its questions make no spans", async () => {
        const { access, headers } = inFakeMesh();
        await access.get("/api/v1/namespaces/istio-system/services/http:jaeger-query:16686/proxy/api/services");
        assert.match(String(headers[0]?.["traceparent"]), /^00-\w{32}-\w{16}-00$/);
    });

    it("does not look into pods of others", async () => {
        const { access } = inFakeMesh();
        const where = { namespace: "istio-system", pod: "istiod-0", container: "discovery" };
        const facts = [
            await access.exec(where, ["pilot-discovery", "request", "GET", "/debug/mesh"]),
            await access.exec({ ...where, container: "istio-proxy" }, ["pilot-agent", "request", "GET", "stats"]),
            await access.post("/api/v1/namespaces/demo/pods", {}),
        ];
        for (const fact of facts) assert.equal("failure" in fact && fact.failure.kind, "forbidden");
    });

    it("asks only Jaeger's query API past its Service, since an answer of another port would prove nothing", async () => {
        const { access } = inFakeMesh();
        const query = await access.forward("istio-system", "jaeger-0", 16686);
        assert.equal(query.failure(), undefined);
        assert.equal(query.url, "http://jaeger-0.ip:16686");
        const receiver = await access.forward("istio-system", "jaeger-0", 4317);
        assert.equal(receiver.failure()?.kind, "forbidden");
    });
});

describe("a path of the API server's proxy", () => {
    it("leads to the pod or the Service itself", () => {
        assert.deepEqual(directUrl("/api/v1/namespaces/a/pods/b:8888/proxy/metrics"), {
            ...{ namespace: "a", pod: "b", port: "8888", rest: "/metrics" },
        });
        assert.deepEqual(directUrl("/api/v1/namespaces/a/services/http:q:16686/proxy/jaeger/api/traces?limit=1"), {
            service: "q.a.svc:16686",
            rest: "/jaeger/api/traces?limit=1",
        });
        assert.equal(directUrl("/api/v1/namespaces/a/pods/b/log?container=c"), undefined);
    });

    it("has answers that mean what those of the API server mean", () => {
        const answer = (status: number, text: string) => interpretDirect.json({ value: { status, text } });
        assert.deepEqual(answer(200, '{"data":[]}'), { value: { data: [] } });
        assert.deepEqual(answer(404, "no"), { value: undefined });
        assert.equal((answer(401, "") as { failure: { kind: string } }).failure.kind, "unauthorized");
        assert.equal((answer(403, "RBAC") as { failure: { kind: string } }).failure.kind, "forbidden");
        assert.deepEqual(answer(503, "no healthy upstream"), {
            failure: { kind: "unexpected", reason: "HTTP status 503: no healthy upstream", status: 503 },
        });
        assert.equal("failure" in answer(200, "<html>"), true);
    });
});

describe("a command in the doctor's own container", () => {
    it("has its output and its exit code", async () => {
        const fact = await runHere([process.execPath, "-e", "console.log(1); process.exitCode = 7"], 10);
        assert.deepEqual(fact, { value: { code: 7, stdout: "1\n", stderr: "" } });
    });

    it("fails with its reason if there is no such program or it takes too long", async () => {
        const missing = await runHere(["/nowhere/curl"], 1);
        assert.match((missing as { failure: { reason: string } }).failure.reason, /ENOENT/);
        const slow = await runHere([process.execPath, "-e", "setTimeout(() => undefined, 60000)"], 0.3);
        assert.match((slow as { failure: { reason: string } }).failure.reason, /did not end within 0\.3 s/);
    });
});
