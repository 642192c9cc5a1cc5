import assert from "node:assert/strict";
import type { Diagnosis } from "../../../../../doctor/diagnose";
import type { Evidence } from "../../../../../doctor/evidence";
import type { StoreError, StoreFault, StoreKind } from "../../../../../doctor/evidence/storeErrors";
import { collectorFile, diagnosisOf, findingOf, foundIn, stateOf } from "../../patient";

const OPENSEARCH = {
    receivers: { otlp: {} },
    exporters: { jaeger_storage_exporter: { trace_storage: "main" } },
    service: { pipelines: { traces: { receivers: ["otlp"], exporters: ["jaeger_storage_exporter"] } } },
    extensions: {
        jaeger_storage: {
            backends: {
                main: {
                    opensearch: {
                        server_urls: ["https://search:9200"],
                        indices: { index_prefix: "prod" },
                        auth: { basic: { username: "jae$$ger" } },
                    },
                },
            },
        },
    },
};

const error = (fault: StoreFault, store: StoreKind = "storage", by = "Pod a/jaeger-1"): StoreError => ({
    ...{ store, fault, by, line: `what it said of ${fault}`, attempts: 4, documents: 9 },
});

/** What is said where no trace arrives, and Jaeger's log has these errors. */
function judged(errors: StoreError[], more: Partial<Evidence> = {}): Diagnosis {
    return diagnosisOf((patient) => {
        patient.spans = "none";
        collectorFile(patient, JSON.stringify(OPENSEARCH));
        Object.assign(patient.evidence, { storeErrors: errors, ...more });
    });
}

describe("a server behind Jaeger that fails", () => {
    it("is named with its address, how much failed, and what to do about each fault", () => {
        const said: [StoreFault, string, RegExp][] = [
            ["certificate", "storage-certificate", /openssl s_client -showcerts -connect search:9200 /],
            ["login", "storage-login", /pulumi config set --secret jaegerStoragePassword, then: pulumi up/],
            ["full", "storage-read-only", /curl -u jae\$ger -X PUT 'https:\/\/search:9200\/prod-jaeger-\*\/_settings'/],
            ["schema", "storage-schema", /curl -u jae\$ger -X DELETE https:\/\/search:9200\/INDEX/],
            ["unreachable", "storage-reachable", /Jaeger goes on by itself .* may be lost/],
        ];
        for (const [fault, id, cure] of said) {
            const found = findingOf(judged([error(fault)]), id);
            assert.equal(found.resource, "OpenSearch https://search:9200");
            assert.match(
                found.got,
                /^at least 4 failed attempts in a minute, told by Pod a\/jaeger-1; 9 spans and names in the last of them; 3 of 3 probes not found; last: what it said/,
            );
            assert.match(found.cure, cure);
        }
    });

    it("is named by the fault that explains the others, and by Kafka before the storage", () => {
        const both = [error("unreachable"), error("certificate", "storage", "Pod a/jaeger-2")];
        assert.deepEqual(foundIn(judged(both)), ["storage: storage-certificate"]);
        assert.deepEqual(foundIn(judged([...both, error("unreachable", "kafka")])), ["storage: kafka-reachable"]);
    });

    it("explains a Jaeger that answers no question, so that this is no fault of its own", () => {
        const query = { where: "Service jaeger-query", service: undefined, pods: [], client: undefined };
        const failing = {
            ...query,
            basePath: undefined,
            problem: "HTTP 500",
            blind: undefined,
            failing: true,
            services: [],
        };
        const diagnosis = judged([error("login")], { query: failing });
        assert.deepEqual(foundIn(diagnosis), ["storage: storage-login"]);
        assert.equal(stateOf(diagnosis, "query"), "unknown");
        assert.ok(foundIn(judged([], { query: failing })).includes("query: query-failing"));
    });

    it("is no fault where every span is stored and found, since the log may tell of what is over", () => {
        const diagnosis = diagnosisOf((patient) => {
            Object.assign(patient.evidence, { storeErrors: [error("login")] });
        });
        assert.deepEqual(foundIn(diagnosis), []);
    });

    it("is named by a search that fails where traces are found by their IDs, and is then no matter of sampling", () => {
        const searching = (searchProblem: string): Diagnosis =>
            diagnosisOf((patient) => {
                const burst = { sent: 90, answered: 90, failed: 0, traces: undefined, searchProblem };
                Object.assign(patient.evidence, { burst });
            });
        const diagnosis = searching("[nested] failed to find nested object under path [tags]");
        assert.deepEqual(foundIn(diagnosis), ["storage: storage-schema"]);
        assert.ok(!diagnosis.healthy);
        const other = searching("something else");
        assert.deepEqual(foundIn(other), ["query: query-failing"]);
        assert.match(
            findingOf(other, "query-failing").got,
            /finds traces by their IDs, but fails to search: something else/,
        );
    });

    it("explains spans that a collector refuses, which is then short of nothing", () => {
        const diagnosis = diagnosisOf((patient) => {
            patient.spans = "none";
            const counts = { accepted: 0, refused: 12, stored: 0, storeFailed: 0, queued: 0 };
            patient.counts = { "istio-system/jaeger-7f9-abc": counts };
            Object.assign(patient.evidence, { storeErrors: [error("unreachable", "kafka")] });
        });
        assert.deepEqual(foundIn(diagnosis), ["storage: kafka-reachable"]);
        assert.match(findingOf(diagnosis, "kafka-reachable").got, /12 spans refused during the probes/);
    });
});
