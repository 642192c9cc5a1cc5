import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { resolveJaeger, type JaegerArgs } from "../../../components/jaeger";
import { assertRefused, circular, nested, refusalsOf } from "./refusals";

const LEAST: JaegerArgs = { namespace: "tracing" };
const keys = (args: object): string[] =>
    refusalsOf(() => resolveJaeger("x", { ...LEAST, ...args })).map(({ key }) => key);
const SEARCH = { type: "elasticsearch", serverUrls: ["https://search.example.com:9200"] };

describe("Jaeger as a component", () => {
    it("keeps as many traces in memory as fit, open to every pod, when nothing is said", () => {
        const { storage, access, config } = resolveJaeger("x", LEAST);
        assert.deepEqual([access, config], [{}, {}]);
        const limits = { memory: "2Gi" };
        const larger = resolveJaeger("x", { ...LEAST, resources: { requests: {}, limits } }).storage;
        const traces = [storage, larger].map((one) => (one.type === "memory" ? one.maxTraces : NaN));
        assert.ok((traces[0] ?? NaN) < (traces[1] ?? NaN), traces.join());
    });

    it("refuses what is empty, out of range, huge or of another type", () => {
        assertRefused(resolveJaeger, LEAST, {
            namespace: ["", "Tracing", 5],
            image: ["jaeger", "", 2],
            imagePullPolicy: ["never"],
            storagePassword: ["", " a", "a".repeat(1001), 5],
            config: [[], "a: b", nested(100), circular(), { receiver: {} }, { service: 5 }],
            resources: [{}, { requests: {}, limits: { memory: "lots" } }],
            clusterDomain: ["", "cluster..local"],
            readyTimeoutSeconds: [0, NaN, "300"],
        });
    });

    it("refuses a storage that is incomplete, out of range or of a type that it does not know", () => {
        assertRefused(resolveJaeger, LEAST, {
            storage: [
                {},
                "memory",
                { type: "memory" },
                ...[0, 99, 10_000_001, 100.5, NaN, "1000"].map((maxTraces) => ({ type: "memory", maxTraces })),
                { type: "memory", maxTraces: 1000, size: "1Gi" },
                { type: "badger", retentionHours: 72 },
                { type: "badger", size: "1Mi", retentionHours: 72 },
                { type: "badger", size: "10Gi", retentionHours: 0 },
                { type: "badger", size: "10Gi", retentionHours: 8761 },
                { type: "badger", size: "10Gi", serverUrls: ["https://search.example.com"] },
                { ...SEARCH, serverUrls: [] },
                { ...SEARCH, serverUrls: ["https://user:password@search.example.com"] },
                { ...SEARCH, tls: { ca: "-----BEGIN" } },
                { type: "cassandra" },
                { type: "custom", size: "1Gi" },
            ],
        });
    });

    it("refuses roles with a storage that only one pod can have, and numbers of pods that are out of range", () => {
        const scale = { min: 2, max: 4, cpuPercent: 75 };
        const roles = { collector: scale, query: scale };
        assert.deepEqual(keys({ roles }), ["roles (setting jaeger.roles)"]);
        const shared = { ...LEAST, storage: SEARCH } as JaegerArgs;
        assert.deepEqual(resolveJaeger("x", { ...shared, roles }).roles, roles);
        assertRefused(resolveJaeger, shared, {
            roles: [{}, { collector: scale }, { ...roles, query: { ...scale, min: 0 } }, { ...roles, agent: scale }],
            indexCleanerImage: ["cleaner", ""],
        });
    });

    it("has ingesters with Kafka, and refuses what Kafka cannot be, or cannot stand before", () => {
        const kafka = { brokers: ["kafka:9092"], topic: "spans", partitions: 2 };
        const shared = { ...LEAST, storage: SEARCH } as JaegerArgs;
        const two = { min: 2, max: 2, cpuPercent: 75 };
        const args = { ...shared, kafka } as JaegerArgs;
        assert.deepEqual(resolveJaeger("x", args).roles, { collector: two, query: two, ingester: two });
        assert.deepEqual(keys({ kafka }), ["kafka (setting jaeger.kafka)"]);
        assert.deepEqual(keys({ ...shared, kafka: { ...kafka, partitions: 1 } }), [
            "kafka.partitions (setting jaeger.kafka.partitions)",
        ]);
        assertRefused(resolveJaeger, shared, {
            kafka: [5, { ...kafka, topic: "a b" }, { ...kafka, brokers: [] }, { ...kafka, mechanism: "PLAINTEXT" }],
            kafkaPassword: ["", "pa$$s", 5],
        });
    });

    it("refuses a ClickHouse that its version cannot search", () => {
        const config = { extensions: { jaeger_storage: { backends: { main: { clickhouse: {} } } } } };
        const storage = { type: "custom" };
        const image = (tag: string): string => `docker.io/jaegertracing/jaeger:${tag}`;
        for (const tag of ["2.13.0", "2.9.1", "1.62.0"]) {
            assert.equal(keys({ storage, config, image: image(tag) }).length, 1, tag);
        }
        for (const tag of ["2.14.0", "2.18", "3.0.0", "latest"]) {
            const args = { ...LEAST, storage, config, image: image(tag) } as JaegerArgs;
            assert.doesNotThrow(() => resolveJaeger("x", args), tag);
        }
    });

    it("completes the storage that it is given", () => {
        const storage = { type: "badger", size: "10Gi" } as JaegerArgs["storage"];
        assert.deepEqual(resolveJaeger("x", { ...LEAST, storage }).storage, {
            ...{ type: "badger", size: "10Gi", retentionHours: 72 },
        });
    });

    it("refuses a password without a user, a user without a password, and either in plain text on the way", () => {
        assert.deepEqual(keys({ storage: { ...SEARCH, username: "jaeger" } }), [
            "storagePassword (setting jaegerStoragePassword)",
        ]);
        assert.deepEqual(keys({ storage: SEARCH, storagePassword: pulumi.secret("geheim") }), [
            "storage.username (setting jaeger.storage.username)",
        ]);
        const plain = { ...SEARCH, username: "jaeger", serverUrls: ["http://search.example.com:9200"] };
        assert.deepEqual(keys({ storage: plain, storagePassword: "geheim" }), [
            "storage.serverUrls (setting jaeger.storage.serverUrls)",
        ]);
    });

    it("refuses a configuration that contradicts the storage, lacks the one that it promises, or shows a secret", () => {
        const backend = (main: object): object => ({ extensions: { jaeger_storage: { backends: { main } } } });
        const path = "config.extensions.jaeger_storage.backends.main";
        assert.match(keys({ config: backend({ badger: {} }) })[0] ?? "", /^config\.extensions/);
        assert.deepEqual(keys({ storage: { type: "custom" } }), [path]);
        assert.match(keys({ config: { exporters: { otlp: { token: "geheim" } } } })[0] ?? "", /^config\.exporters/);
        const custom = { storage: { type: "custom" } as const, config: backend({ cassandra: {} }) };
        assert.deepEqual(resolveJaeger("x", { ...LEAST, ...custom } as JaegerArgs).storage, { type: "custom" });
    });

    it("takes as access nothing but a path, a Secret, a hash and a revision", () => {
        assertRefused(resolveJaeger, LEAST, {
            access: [
                ...["", "jaeger", "/jaeger/", "/a b", 5].map((basePath) => ({ basePath })),
                { usersSecret: "" },
                { sidecarHash: 5 },
                { revision: "Stable" },
                { meshOnly: true },
                "mesh",
            ],
        });
        const access = { basePath: "/jaeger", usersSecret: pulumi.output("users"), sidecarHash: pulumi.output("abc") };
        const { revision, ...others } = resolveJaeger("x", { ...LEAST, access }).access;
        assert.deepEqual([Object.keys(others), revision], [Object.keys(access), undefined]);
    });

    it("never shows a password", () => {
        const problems = refusalsOf(() => resolveJaeger("x", { ...LEAST, storagePassword: " geheim" }));
        assert.doesNotMatch(JSON.stringify(problems), /geheim/);
    });
});
