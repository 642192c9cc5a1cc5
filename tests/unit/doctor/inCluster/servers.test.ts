import assert from "node:assert/strict";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { openAnswerServers } from "../../../../doctor/inCluster/answer";
import { METRICS, MetricValues } from "../../../../doctor/inCluster/metrics";
import { readEnvironment } from "../../../../doctor/inCluster/options";
import { openMetricsServer } from "../../../../doctor/inCluster/serve";

const open: Server[] = [];

async function listen(server: Server): Promise<string> {
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

after(() => {
    for (const server of open) server.close();
});

describe("the doctor's server", () => {
    it("answers every probe, and relays what its sidecar tells", async () => {
        const asked: string[] = [];
        const { answer, relay } = openAnswerServers(({ url }) => {
            asked.push(url);
            return Promise.resolve({ value: { status: 200, text: "a: 1" } });
        });
        assert.equal((await fetch(`${await listen(answer)}/any`)).status, 200);
        const base = await listen(relay);
        assert.equal(await (await fetch(`${base}/stats?filter=x`)).text(), "a: 1");
        assert.deepEqual(asked, ["http://127.0.0.1:15000/stats?filter=x"]);
    });

    it("relays nothing else: no other paths, and nothing that changes the sidecar", async () => {
        const { relay } = openAnswerServers(() => Promise.resolve({ value: { status: 200, text: "never" } }));
        const base = await listen(relay);
        for (const path of ["/quitquitquit", "/config_dump", "/config_dump?resource=dynamic_active_secrets&", "/certs"])
            assert.equal((await fetch(base + path)).status, 404, path);
        assert.equal((await fetch(`${base}/stats?filter=x`, { method: "POST" })).status, 404);
    });

    it("says so if its sidecar does not answer", async () => {
        const failure = { kind: "unreachable" as const, reason: "connection refused" };
        const { relay } = openAnswerServers(() => Promise.resolve({ failure }));
        const answer = await fetch(`${await listen(relay)}/stats?filter=x`);
        assert.equal(answer.status, 502);
        assert.match(await answer.text(), /connection refused/);
    });
});

describe("the doctor's metrics", () => {
    it("have names, units and help as Prometheus wants them", () => {
        for (const { name, type, help } of Object.values(METRICS)) {
            assert.match(name, /^tracing_[a-z_]+$/);
            assert.equal(name.endsWith("_total"), type === "counter", name);
            assert.doesNotMatch(name, /milliseconds|percent/);
            assert.match(help, /\.$/);
        }
    });

    it("escape what would end a label", () => {
        const values = new MetricValues();
        values.setAll("unknown", [{ what: 'a "b"\nc\\d' }]);
        assert.match(values.format(), /^tracing_unknown\{what="a \\"b\\"\\nc\\\\d"\} 1$/m);
    });

    it("are served beside a health that fails when examinations stop", async () => {
        let lastMs = Date.now();
        const values = new MetricValues();
        values.set("probeSuccess", 1);
        const base = await listen(
            openMetricsServer(values, { intervalSeconds: 15, longestSeconds: 120, lastMs: () => lastMs }),
        );
        const answer = await fetch(`${base}/metrics`);
        assert.match(answer.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
        assert.match(await answer.text(), /# TYPE tracing_probe_success gauge\ntracing_probe_success 1\n/);
        assert.equal((await fetch(`${base}/healthz`)).status, 200);
        lastMs -= 271_000;
        assert.equal((await fetch(`${base}/healthz`)).status, 503);
        assert.equal((await fetch(`${base}/readyz`)).status, 200);
        assert.equal((await fetch(`${base}/`)).status, 404);
    });
});

describe("the environment of the doctor", () => {
    const ENV = { POD_NAME: "a", POD_NAMESPACE: "b", PROBE_URL: "http://c", INTERVAL_SECONDS: "60" };

    it("tells where it is and what to do", () => {
        const { pod, namespace, intervalSeconds, holdSeconds, jaegerLogin } = readEnvironment(ENV);
        assert.deepEqual([pod, namespace, intervalSeconds, holdSeconds, jaegerLogin], ["a", "b", 60, 0, undefined]);
        assert.equal(readEnvironment({ ...ENV, HOLD_SECONDS: "30" }).holdSeconds, 30);
    });

    it("is refused with the name of what is missing", () => {
        for (const name of Object.keys(ENV))
            assert.throws(() => readEnvironment({ ...ENV, [name]: undefined }), new RegExp(`variable ${name}, got`));
        assert.throws(
            () => readEnvironment({ ...ENV, INTERVAL_SECONDS: "soon" }),
            /whole number of seconds, got "soon"/,
        );
    });
});
