import assert from "node:assert/strict";
import { checkCassandra, type CassandraAnswer, type WantedCassandra } from "../../../../checks/jaeger/cassandraServer";

const WANTED: WantedCassandra = {
    ...{ server: "cassandra:9042", datacenter: "dc1", keyspace: "jaeger_v1", username: "jaeger" },
    ...{ replicationFactor: 3, retentionHours: 168 },
};
const SCHEMA = { replication: { class: "NetworkTopologyStrategy", dc1: "3" }, ttlSeconds: 604_800 };
const node = (more: object = {}): CassandraAnswer => ({
    ...{ version: "5.0.4", datacenters: ["dc1", "dc2"], keyspace: SCHEMA, ...more },
});
const found = (answer: CassandraAnswer): string[] =>
    checkCassandra(WANTED, answer).map(({ id, severity, got }) => `${severity} ${id}: ${got}`);

describe("a Cassandra for Jaeger's traces", () => {
    it("is fine with the settings' keyspace, and before there is one", () => {
        for (const version of ["4.1.3", "5.0.4"]) assert.deepEqual(found(node({ version })), []);
        assert.deepEqual(found(node({ keyspace: undefined })), []);
    });

    it("is refused in a version that Jaeger does not take, and without the datacenter", () => {
        assert.deepEqual(found(node({ version: "3.11.17" })), ["error storage-version: Cassandra 3.11.17"]);
        assert.deepEqual(found(node({ datacenters: ["datacenter1"] })), [
            "error storage-datacenter: nodes in datacenter1",
        ]);
    });

    it("has a time to live in its tables that a later setting does not change, and copies likewise", () => {
        assert.deepEqual(found(node({ keyspace: { ...SCHEMA, ttlSeconds: 172_800 } })), [
            "warning storage-retention: 172800 s in the table jaeger_v1.traces",
        ]);
        const [ttl] = checkCassandra(WANTED, node({ keyspace: { ...SCHEMA, ttlSeconds: 172_800 } }));
        assert.match(ttl?.cure ?? "", /ALTER TABLE jaeger_v1\.traces WITH default_time_to_live = 604800/);
        for (const replication of [{ class: "SimpleStrategy", replication_factor: "1" }, { dc1: "1" }]) {
            assert.deepEqual(found(node({ keyspace: { ...SCHEMA, replication } })), [
                "warning storage-replication: 1 in the keyspace jaeger_v1",
            ]);
        }
    });

    it("tells a wrong login from a wrong certificate, and either from a server that is away", () => {
        assert.deepEqual(found({ refused: "no" }), ["error storage-login: no"]);
        assert.deepEqual(found({ untrusted: "self-signed" }), ["error storage-certificate: self-signed"]);
        assert.deepEqual(found({ unreachable: "refused" }), ["warning storage-reachable: refused, from this machine"]);
    });
});
