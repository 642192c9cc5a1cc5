import assert from "node:assert/strict";
import type { DoctorFinding } from "../../../../../doctor/segments";
import { collectorFilesOf } from "../../../../../doctor/inventory/collectorPipelines";
import type { Fact } from "../../../../../shared/cluster/facts";
import type { ConfigMapObject } from "../../../../../shared/kubernetes/objects";
import { collectorFile, diagnosisOf, evidenceOf, findingOf, foundIn } from "../../patient";
import { roleOf } from "../../remediation/roleScenarios";
import { QUERY } from "../../remediation/scenarioParts";
import { tier } from "./tierPatient";

function config(backend: object, parts: object): string {
    const extensions = { jaeger_storage: { backends: { main: backend } }, ...parts };
    const traces = { receivers: ["otlp"], exporters: ["jaeger_storage_exporter"] };
    return JSON.stringify({
        ...{ extensions, receivers: { otlp: {} }, service: { pipelines: { traces } } },
        exporters: { jaeger_storage_exporter: { trace_storage: "main" } },
    });
}

/** A ConfigMap of who stores spans here. */
function stored(written: object): Fact<ConfigMapObject[]> {
    const metadata = { name: "jaeger-ingester", namespace: "istio-system" };
    return { value: [{ metadata, data: { "config.yaml": config(written, {}) } }] };
}

/** What is said of collectors that write here and a query server that reads there; undefined for nothing about it. */
function judged(written: object, read: object, lag?: number): DoctorFinding | undefined {
    const diagnosis = diagnosisOf((patient) => {
        patient.spans = "none";
        if (lag !== undefined) {
            const files = collectorFilesOf({ collector: evidenceOf().collector, collectorFiles: stored(written) });
            const readers = tier("jaeger-ingester", files, { lag });
            patient.evidence.ingesters = { ...readers, service: undefined, topic: "spans", strays: [] };
        }
        collectorFile(patient, config(written, {}));
        const data = { "config.yaml": config(read, { jaeger_query: { storage: { traces: "main" } } }) };
        const metadata = { name: "jaeger-query", namespace: "istio-system" };
        patient.evidence.queryFiles = { value: [{ metadata, data }] };
        const pods = [roleOf("query", 16686)];
        Object.assign(patient.evidence, { query: { ...QUERY, pods, problem: undefined, client: {} } });
    });
    assert.ok(foundIn(diagnosis).includes("storage: trace-not-found"), foundIn(diagnosis).join());
    const found = findingOf(diagnosis, "trace-not-found");
    return found.resource === "jaeger" ? undefined : found;
}

const SERVER = "https://search.example.com:9200";
const search = (more: object): object => ({ opensearch: { server_urls: [SERVER], ...more } });
const cassandra = (keyspace: string, server = "cassandra-0:9042"): object => ({
    cassandra: {
        schema: { keyspace },
        connection: { servers: [server], auth: { basic: { username: "jaeger", password: "${file:/etc/x/password}" } } },
    },
});

describe("traces that are written to one place and read from another", () => {
    it("are told with both prefixes of indices, and read where they are written after the cure", () => {
        const found = judged(
            search({ indices: { index_prefix: "prod" } }),
            search({ indices: { index_prefix: "dev" } }),
        );
        assert.equal(found?.resource, "ConfigMap istio-system/jaeger-query config.yaml");
        assert.match(found.got, /indices\.index_prefix is dev, where the query server reads, but prod in ConfigMap /);
        assert.match(found.commands.join(), /index_prefix.*prod/s);
        const without = judged(search({}), search({ indices: { index_prefix: "dev" } }));
        assert.match(without?.got ?? "", /index_prefix is dev, .* but not set in/);
        assert.match(without?.commands.join() ?? "", /index_prefix.*\\"\\"/s);
    });

    it("are told with aliases on one side, and with another server", () => {
        assert.match(
            judged(search({ use_aliases: true }), search({}))?.got ?? "",
            /use_aliases is not set, .* but true/,
        );
        const other = judged(search({}), search({ server_urls: ["https://other.example.com:9200"] }));
        assert.match(other?.got ?? "", /server_urls is \["https:\/\/other\.example\.com:9200"\], where/);
    });

    it("are told with both keyspaces, with a command although the password is that of a file", () => {
        const found = judged(cassandra("jaeger_v1"), cassandra("jaeger_v1_dc1"));
        assert.match(found?.got ?? "", /schema\.keyspace is jaeger_v1_dc1/);
        assert.match(found?.commands.join() ?? "", /keyspace.*jaeger_v1[^_]/s);
    });

    it("are told before ingesters that lag behind, which would not change it", () => {
        const found = judged(cassandra("jaeger_v1"), cassandra("jaeger_v1_dc1"), 500);
        assert.match(found?.got ?? "", /schema\.keyspace is jaeger_v1_dc1/);
    });

    it("are told with two kinds of databases, of which no command makes one", () => {
        const found = judged(search({}), cassandra("jaeger_v1"));
        assert.match(found?.got ?? "", /written to opensearch \(ConfigMap .*\), and read from cassandra/);
        assert.deepEqual(found?.commands, []);
    });

    it("are not told of what names the same place in another way", () => {
        assert.equal(judged(search({}), search({ indices: { index_prefix: "" }, use_aliases: false })), undefined);
        const both = { server_urls: ["https://two.example.com", SERVER] };
        assert.equal(judged(search({}), search(both)), undefined);
        assert.equal(judged(search({}), search({ indices: { index_prefix: "${env:PREFIX}" } })), undefined);
    });
});
