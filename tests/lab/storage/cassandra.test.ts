import assert from "node:assert/strict";
import { JaegerClient } from "../../../shared/jaeger/client";
import type { Cluster } from "../../../lab/cluster";
import { startCassandra, type CassandraServer } from "../support/cassandra";
import { freshContext, request } from "../support/mesh";
import { allFound, joined, replacePods, sendFor } from "../support/sentTraces";
import { eventually, kubectl, labWithProgram, program } from "../support/sharedLab";

describe("traces in a real Cassandra, by Jaeger in roles", () => {
    let lab: Cluster;
    let jaeger: JaegerClient;
    let server: CassandraServer;
    before(async function () {
        this.timeout(600_000);
        lab = await labWithProgram();
        jaeger = new JaegerClient(lab.jaegerUrl);
        server = await startCassandra(lab);
        assert.equal((await up()).failed, undefined);
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
        await server.stop();
    });

    const up = (more: object = {}): ReturnType<typeof program> =>
        program(lab, "up", {
            "jaeger.storage": JSON.stringify({
                ...{ type: "cassandra", servers: [server.server], datacenter: "datacenter1", replicationFactor: 1 },
                ...{ username: server.login.username, tls: server.tls, ...more },
            }),
            jaegerStoragePassword: server.login.password,
            "jaeger.roles": JSON.stringify({ collector: { min: 2 }, query: { min: 2 } }),
        });

    it("are those of the mesh, found by ID and by search, and a second run changes nothing", async () => {
        const { header, traceId } = freshContext();
        request(lab, header);
        await joined(jaeger, traceId);
        const services = await jaeger.services();
        assert.ok(services.includes("frontend.demo") && services.includes("backend.demo"), services.join());
        await eventually(30, async () => {
            const found = await jaeger.tracesOf("frontend.demo", 200, {});
            return found.some((trace) => trace.traceId === traceId) ? true : "a search does not find the trace";
        });
        const { summary } = await up();
        assert.deepEqual({ ...summary, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
    }).timeout(180_000);

    it("are all there after every pod of each role was replaced in turn, if they were acknowledged", async () => {
        const ids = await sendFor(lab, 90, () => {
            replacePods(lab, ["collector", "query"]);
        });
        assert.ok(ids.length > 300, `${String(ids.length)} traces were acknowledged`);
        await allFound(jaeger, ids, 60);
    }).timeout(250_000);

    it("are all there after a kill -9 of every collector, if they were acknowledged", async () => {
        const ids = await sendFor(lab, 20, () => {
            const selector = ["-l", "app=jaeger,app.kubernetes.io/component=collector"];
            kubectl(lab, "delete", "pods", "-n", "istio-system", ...selector, "--grace-period=0", "--force");
        });
        assert.ok(ids.length > 20, `${String(ids.length)} traces were acknowledged`);
        await allFound(jaeger, ids, 60);
    }).timeout(150_000);

    it("are all there after a kill -9 of Cassandra, and new ones follow without a restart of Jaeger", async () => {
        const pods = ["get", "pods", "-n", "istio-system", "-l", "app=jaeger", "-o", "name"];
        const before = kubectl(lab, ...pods);
        const ids = await sendFor(lab, 60, () => server.killAndStart());
        await allFound(jaeger, ids, 120);
        const { header, traceId } = freshContext();
        request(lab, header);
        await joined(jaeger, traceId, 90);
        assert.equal(kubectl(lab, ...pods), before);
    }).timeout(280_000);
});
