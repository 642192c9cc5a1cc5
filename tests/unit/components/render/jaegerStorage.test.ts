import assert from "node:assert/strict";
import { renderJaegerConfig } from "../../../../components/render/jaegerConfig";
import { renderDataClaim, renderJaegerDeployment } from "../../../../components/render/jaegerWorkload";
import { PLAIN_PODS } from "../../../../components/pods";
import { DEFAULT_RESOURCES } from "../../../../components/resources";
import type {
    BadgerStorage,
    CassandraStorage,
    ClickHouseStorage,
    JaegerStorage,
    SearchStorage,
} from "../../../../components/storage";

const MEMORY: JaegerStorage = { type: "memory", maxTraces: 1000 };
const BADGER: BadgerStorage = { type: "badger", size: "10Gi", retentionHours: 24 };
const SEARCH: SearchStorage = {
    type: "opensearch",
    serverUrls: ["https://es.example.com:9200"],
    indexPrefix: "prod",
    username: "jae$ger",
    tls: { ca: "configmap:es-ca", serverName: "es.internal" },
};

interface Config {
    service: { pipelines: { traces: { processors: string[] } }; telemetry: { logs: { level: string } } };
    extensions: { jaeger_storage: { backends: { main: Record<string, object> } } };
}
const config = (storage: JaegerStorage, extra = {}): Config =>
    renderJaegerConfig({ storage, extra }) as unknown as Config;
const backend = (storage: JaegerStorage): unknown => config(storage).extensions.jaeger_storage.backends.main;

interface Pod {
    containers: { env: { name: string; value: string }[]; volumeMounts: { name: string; mountPath: string }[] }[];
    volumes: { name: string }[];
}
const deployment = (storage: JaegerStorage, storageObjects = {}): { strategy: object; template: { spec: Pod } } =>
    renderJaegerDeployment({
        namespace: "istio-system",
        image: "jaeger:1",
        imagePullPolicy: "Always",
        resources: DEFAULT_RESOURCES.jaeger,
        configMapName: "jaeger-config-1",
        configHash: "abc",
        storage,
        storageObjects,
        pods: PLAIN_PODS,
        platformUserIds: false,
    }).spec as unknown as { strategy: object; template: { spec: Pod } };

describe("Jaeger's storage", () => {
    it("badger is on the volume, writes before it acknowledges, and gathers no batch that a kill would lose", () => {
        assert.deepEqual(backend(BADGER), {
            badger: {
                consistency: true,
                ephemeral: false,
                directories: { keys: "/var/lib/jaeger/keys", values: "/var/lib/jaeger/values" },
                ttl: { spans: "24h" },
            },
        });
        assert.deepEqual(config(BADGER).service.pipelines.traces.processors, []);
        assert.deepEqual(config(MEMORY).service.pipelines.traces.processors, ["batch"]);
    });

    it("a server gets its URLs, prefix and user, and its password from a file alone", () => {
        assert.deepEqual(backend(SEARCH), {
            opensearch: {
                server_urls: ["https://es.example.com:9200"],
                indices: { index_prefix: "prod" },
                auth: { basic: { username: "jae$$ger", password_file: "/etc/jaeger-storage/password" } },
                tls: { ca_file: "/etc/jaeger-storage-ca/ca.crt", server_name_override: "es.internal" },
            },
        });
    });

    it("a server of a public authority, or without TLS, gets no file to trust", () => {
        assert.deepEqual(backend({ ...SEARCH, tls: { ca: "public" }, indexPrefix: undefined, username: undefined }), {
            opensearch: { server_urls: ["https://es.example.com:9200"], tls: {} },
        });
    });

    it("Cassandra gets tables with the retention and the copies, and acknowledges what most copies have", () => {
        const storage: CassandraStorage = {
            ...{ type: "cassandra", servers: ["cassandra"], datacenter: "dc1", keyspace: "jaeger_v1" },
            ...{ replicationFactor: 3, retentionHours: 168, username: "jae$ger", tls: { ca: "configmap:ca" } },
        };
        assert.deepEqual(backend(storage), {
            cassandra: {
                schema: {
                    ...{ keyspace: "jaeger_v1", datacenter: "dc1", create: true, replication_factor: 3 },
                    ...{ trace_ttl: "168h", dependencies_ttl: "168h", compaction_window: "252m" },
                },
                connection: {
                    ...{ servers: ["cassandra"], local_dc: "dc1", tls: { ca_file: "/etc/jaeger-storage-ca/ca.crt" } },
                    auth: { basic: { username: "jae$$ger", password: "${file:/etc/jaeger-storage/password}" } },
                },
                query: { consistency: "LOCAL_QUORUM" },
            },
        });
        assert.deepEqual(config(storage).service.pipelines.traces.processors, []);
    });

    it("ClickHouse gets tables with the retention, and batches, since each insert costs it a part of a table", () => {
        const storage: ClickHouseStorage = {
            ...{ type: "clickhouse", servers: ["clickhouse-0", "clickhouse-1:9001"], database: "traces" },
            retentionHours: 48,
        };
        const shared = { database: "traces", create_schema: true, ttl: "48h" };
        assert.deepEqual(backend(storage), {
            clickhouse: { ...shared, addresses: ["clickhouse-0:9000", "clickhouse-1:9001"] },
        });
        assert.deepEqual(backend({ ...storage, username: "jae$ger", tls: { ca: "configmap:ca" } }), {
            clickhouse: {
                ...{ ...shared, addresses: ["clickhouse-0:9440", "clickhouse-1:9001"] },
                auth: { basic: { username: "jae$$ger", password: "${file:/etc/jaeger-storage/password}" } },
                tls: { ca_file: "/etc/jaeger-storage-ca/ca.crt" },
            },
        });
        assert.deepEqual(config(storage).service.pipelines.traces.processors, ["batch"]);
    });

    it("a remote storage gets spans before they are acknowledged, and TLS only where there is an authority", () => {
        const remote: JaegerStorage = { type: "remote", endpoint: "storage:17271" };
        assert.deepEqual(backend(remote), { grpc: { endpoint: "storage:17271", tls: { insecure: true } } });
        assert.deepEqual(backend({ ...remote, tls: { ca: "public", serverName: "storage.example.com" } }), {
            grpc: { endpoint: "storage:17271", tls: { server_name_override: "storage.example.com" } },
        });
        assert.deepEqual(config(remote).service.pipelines.traces.processors, []);
    });

    it("a server with a retention is searched as far back as it keeps spans", () => {
        assert.deepEqual((backend({ ...SEARCH, retentionHours: 168 }) as { opensearch: object }).opensearch, {
            ...(backend(SEARCH) as { opensearch: object }).opensearch,
            max_span_age: "168h",
        });
    });

    it("is rolled without a gap, but where one pod alone may have it", () => {
        assert.deepEqual(deployment(BADGER).strategy, { type: "Recreate" });
        for (const storage of [MEMORY, SEARCH, { type: "custom" } as const]) {
            assert.deepEqual(deployment(storage).strategy, {
                type: "RollingUpdate",
                rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
            });
        }
    });

    it("is mounted where the configuration looks for it", () => {
        const all = deployment(SEARCH, { claim: "data-1", secret: "password-1", authority: "ca-1" }).template.spec;
        const mounts = all.containers[0]?.volumeMounts.map(({ mountPath }) => mountPath);
        assert.deepEqual(mounts, ["/etc/jaeger", "/var/lib/jaeger", "/etc/jaeger-storage", "/etc/jaeger-storage-ca"]);
        assert.deepEqual(
            all.volumes.map(({ name }) => name),
            all.containers[0]?.volumeMounts.map(({ name }) => name),
        );
        assert.equal(deployment(MEMORY).template.spec.volumes.length, 1);
    });

    it("asks for a volume of the size and class that are set, and waits for the pod instead of the claim", () => {
        const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } };
        const claim = renderDataClaim("istio-system", BADGER);
        assert.deepEqual(claim.spec, spec);
        assert.match(JSON.stringify(claim.metadata), /"pulumi.com\/skipAwait":"true"/);
        assert.deepEqual(renderDataClaim("istio-system", { ...BADGER, storageClass: "ssd" }).spec, {
            ...spec,
            storageClassName: "ssd",
        });
    });

    it("collects garbage before the container comes to its memory limit", () => {
        assert.deepEqual(deployment(MEMORY).template.spec.containers[0]?.env, [
            { name: "GOMEMLIMIT", value: String(Math.floor(0.8 * 1024 ** 3)) },
        ]);
    });

    it("takes further configuration last, and another backend in place of its own", () => {
        const extra = {
            service: { telemetry: { logs: { level: "debug" } }, pipelines: { traces: { processors: ["filter"] } } },
            extensions: { jaeger_storage: { backends: { main: { cassandra: {} } } } },
        };
        const merged = config({ type: "custom" }, extra);
        assert.equal(merged.service.telemetry.logs.level, "debug");
        assert.deepEqual(merged.service.pipelines.traces.processors, ["filter"]);
        assert.deepEqual(merged.extensions.jaeger_storage.backends.main, { cassandra: {} });
    });
});
