import assert from "node:assert/strict";
import { JaegerClient } from "../../../shared/jaeger/client";
import type { Cluster } from "../../../lab/cluster";
import { startCassandra, type CassandraServer } from "../support/cassandra";
import { startKafka, type KafkaServer } from "../support/kafka";
import { freshContext, request } from "../support/mesh";
import { allFound, joined, replacePods, sendFor } from "../support/sentTraces";
import { assertHealthy } from "../doctor/examine";
import { kubectl, labWithProgram, program } from "../support/sharedLab";

/** Ten traces a second: what waits in Kafka is no part of these tests, and an ingester on a busy node is slow. */
const PAUSE_MS = 900;

describe("traces in a real Kafka before a real Cassandra", () => {
    let lab: Cluster;
    let jaeger: JaegerClient;
    let cassandra: CassandraServer;
    let kafka: KafkaServer;
    const started: { stop: () => Promise<void> }[] = [];
    before(async function () {
        this.timeout(600_000);
        lab = await labWithProgram();
        jaeger = new JaegerClient(lab.jaegerUrl);
        // One after another: each start takes a processor of its own.
        started.push((cassandra = await startCassandra(lab)));
        started.push((kafka = await startKafka(lab)));
        await kafka.makeTopic("jaeger-spans", 4);
        assert.equal((await up()).failed, undefined);
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
        await Promise.all(started.map((server) => server.stop()));
    });

    const up = (): ReturnType<typeof program> =>
        program(lab, "up", {
            "jaeger.storage": JSON.stringify({
                ...{ type: "cassandra", servers: [cassandra.server], datacenter: "datacenter1", replicationFactor: 1 },
                ...{ username: cassandra.login.username, tls: cassandra.tls },
            }),
            jaegerStoragePassword: cassandra.login.password,
            "jaeger.kafka": JSON.stringify({
                ...{ brokers: [kafka.broker], topic: "jaeger-spans", partitions: 4 },
                ...{ username: kafka.login.username, tls: kafka.tls },
            }),
            jaegerKafkaPassword: kafka.login.password,
            "jaeger.roles": JSON.stringify({ collector: { min: 2 }, query: { min: 2 }, ingester: { min: 2 } }),
        });

    it("are those of the mesh, found by ID and by search, and a second run changes nothing", async () => {
        const { header, traceId } = freshContext();
        request(lab, header);
        await joined(jaeger, traceId);
        const services = await jaeger.services();
        assert.ok(services.includes("frontend.demo") && services.includes("backend.demo"), services.join());
        const { summary } = await up();
        assert.deepEqual({ ...summary, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
    }).timeout(180_000);

    it("are where the doctor finds its own", async () => {
        await assertHealthy(lab, { requests: 10 });
    }).timeout(120_000);

    it("are all there after every pod of each role was replaced in turn, if they were acknowledged", async () => {
        const ids = await sendFor(
            lab,
            120,
            () => {
                replacePods(lab, ["collector", "ingester", "query"]);
            },
            PAUSE_MS,
        );
        assert.ok(ids.length > 300, `${String(ids.length)} traces were acknowledged`);
        await allFound(jaeger, ids, 90);
    }).timeout(280_000);

    it("are all there after a kill -9 of Kafka, and new ones follow without a restart of Jaeger", async () => {
        const pods = ["get", "pods", "-n", "istio-system", "-l", "app=jaeger", "-o", "name"];
        const before = kubectl(lab, ...pods);
        const ids = await sendFor(
            lab,
            60,
            async () => {
                const start = await kafka.kill();
                await new Promise((resolve) => setTimeout(resolve, 5000));
                await start();
            },
            PAUSE_MS,
        );
        assert.ok(ids.length > 50, `${String(ids.length)} traces were acknowledged`);
        await allFound(jaeger, ids, 120);
        const { header, traceId } = freshContext();
        request(lab, header);
        await joined(jaeger, traceId);
        assert.equal(kubectl(lab, ...pods), before);
    }).timeout(280_000);

    it("wait in Kafka while the storage is away, and are all there after that", async () => {
        const ids = await sendFor(lab, 60, () => cassandra.killAndStart(), PAUSE_MS);
        assert.ok(ids.length > 300, `${String(ids.length)} traces were acknowledged`);
        await allFound(jaeger, ids, 120);
    }).timeout(280_000);
});
