import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { mapAt } from "../../../shared/values/plainObjects";
import { applyCure, shell } from "../doctor/examine";
import { startCassandra } from "../support/cassandra";
import { startKafka } from "../support/kafka";
import { startOpenSearch, type SearchServer } from "../support/openSearch";
import { changeRole } from "../support/roleFaults";
import { kubectl, labWithProgram, program } from "../support/sharedLab";
import { foundInTier, tierHeals } from "../support/tierFaults";

const SYSTEM = "istio-system";
const TOPIC = "jaeger-spans";

/** What waits in Kafka is no part of these tests, and an ingester on a busy node is slow. */
const FEW = { requests: 10 };

/** The doctor names it, and finds nothing after the cure that it has printed. */
async function isFoundAndCured(
    lab: Cluster,
    id: string,
    got: RegExp,
    options: { requests?: number } = {},
): Promise<void> {
    const finding = await foundInTier(lab, id, options);
    assert.match(finding.got, got);
    applyCure(lab, finding);
    await tierHeals(lab, options);
}

describe("the doctor, at Jaeger in roles on OpenSearch that a stranger has broken,", function () {
    this.timeout(600_000);
    let lab: Cluster;
    let server: SearchServer;
    const started: { stop: () => Promise<void> }[] = [];
    before(async () => {
        lab = await labWithProgram();
        server = await startOpenSearch(lab);
        started.push(server);
        const { url, login, tls } = server;
        const storage = { type: "opensearch", serverUrls: [url], indexPrefix: "lab", username: login.username, tls };
        const up = await program(lab, "up", {
            "jaeger.storage": JSON.stringify(storage),
            "jaeger.roles": JSON.stringify({ collector: { min: 2 }, query: { min: 2 } }),
            jaegerStoragePassword: login.password,
        });
        assert.equal(up.failed, undefined);
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
        await Promise.all(started.map((server) => server.stop()));
    });

    it("names a query server that reads indices with another prefix", async () => {
        changeRole(lab, "query", (config) => {
            const search = mapAt(config, "extensions", "jaeger_storage", "backends", "main", "opensearch");
            search["indices"] = { index_prefix: "team" };
        });
        await isFoundAndCured(lab, "trace-not-found", /index_prefix is team, where the query server reads, but lab in/);
    });

    it("names a server that creates no index, because it has too many shards", async () => {
        const limit = (most: number | null): Promise<unknown> =>
            server.ask("/_cluster/settings", "PUT", { persistent: { "cluster.max_shards_per_node": most } });
        await limit(1);
        // As at midnight, when the indices of the next day are not there yet.
        await server.ask("/lab-jaeger-span-*,lab-jaeger-service-*", "DELETE");
        const { got, cure } = await foundInTier(lab, "storage-shards");
        assert.match(got, /maximum shards open/);
        assert.match(cure, /cluster\.max_shards_per_node/);
        await limit(null);
        await tierHeals(lab);
    });

    it("names a query Service from before the roles, which selects collectors too", async () => {
        const ports = [{ name: "http-query", port: 16686, targetPort: 16686, appProtocol: "http" }];
        const metadata = { name: "jaeger", namespace: SYSTEM };
        const service = { apiVersion: "v1", kind: "Service", metadata, spec: { selector: { app: "jaeger" }, ports } };
        shell(lab, "kubectl apply -f -", JSON.stringify(service));
        await isFoundAndCured(lab, "query-pod-foreign", /jaeger-collector-\S+ have none, so some queries fail/);
        kubectl(lab, "delete", "service", "jaeger", "-n", SYSTEM);
    });
});

describe("the doctor, at Jaeger in roles with Kafka that a stranger has broken,", function () {
    this.timeout(600_000);
    let lab: Cluster;
    const started: { stop: () => Promise<void> }[] = [];
    before(async () => {
        lab = await labWithProgram();
        const cassandra = await startCassandra(lab);
        started.push(cassandra);
        const kafka = await startKafka(lab);
        started.push(kafka);
        for (const name of [TOPIC, `${TOPIC}-v2`]) await kafka.makeTopic(name, 2);
        const servers = { type: "cassandra", servers: [cassandra.server], datacenter: "datacenter1" };
        const login = { username: cassandra.login.username, tls: cassandra.tls };
        const brokers = { brokers: [kafka.broker], topic: TOPIC, partitions: 2 };
        const up = await program(lab, "up", {
            "jaeger.storage": JSON.stringify({ ...servers, ...login, replicationFactor: 1 }),
            jaegerStoragePassword: cassandra.login.password,
            "jaeger.kafka": JSON.stringify({ ...brokers, username: kafka.login.username, tls: kafka.tls }),
            jaegerKafkaPassword: kafka.login.password,
            "jaeger.roles": JSON.stringify({ collector: { min: 1 }, query: { min: 1 }, ingester: { min: 1 } }),
        });
        assert.equal(up.failed, undefined);
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
        await Promise.all(started.map((server) => server.stop()));
    });

    it("names ingesters that read another topic than the one that is written", async () => {
        changeRole(lab, "ingester", (config) => {
            mapAt(config, "receivers", "kafka", "traces")["topic"] = `${TOPIC}-v2`;
        });
        await isFoundAndCured(lab, "ingester-missing", /kafka\.traces\.topic is jaeger-spans-v2, which/, FEW);
    });

    it("names a query server that reads another keyspace", async () => {
        changeRole(lab, "query", (config) => {
            const cassandra = mapAt(config, "extensions", "jaeger_storage", "backends", "main", "cassandra");
            mapAt(cassandra, "schema")["keyspace"] = "jaeger_v1_dc1";
        });
        await isFoundAndCured(
            lab,
            "trace-not-found",
            /schema\.keyspace is jaeger_v1_dc1, where the query server reads/,
            FEW,
        );
    });
});
