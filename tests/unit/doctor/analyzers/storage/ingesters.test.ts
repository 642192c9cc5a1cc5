import assert from "node:assert/strict";
import type { Evidence } from "../../../../../doctor/evidence";
import { topicsOf } from "../../../../../doctor/evidence/ingesters";
import { countsIn, type TierCounts } from "../../../../../doctor/evidence/tiers";
import type { DoctorFinding } from "../../../../../doctor/segments";
import { diagnosisOf, findingOf, foundIn, pod, stateOf } from "../../patient";
import { reading } from "../../remediation/roleScenarios";

const SYSTEM = "istio-system";

/** What is said of ingesters with these counts; `arrives` false if no probe reaches Jaeger. */
function judged(counts: TierCounts, pods: number, arrives = false): DoctorFinding | undefined {
    const diagnosis = diagnosisOf((patient) => {
        if (!arrives) patient.spans = "none";
        const readers = Array.from({ length: pods }, (_, index) =>
            pod(SYSTEM, `jaeger-ingester-${String(index)}`, `10.0.0.${String(20 + index)}`, false),
        );
        const ingesters = {
            topic: "spans",
            service: undefined,
            pods: readers,
            files: [],
            strays: [],
            before: {},
            after: counts,
        };
        Object.assign(patient.evidence, { ingesters } satisfies Partial<Evidence>);
    });
    if (arrives && pods > 0) assert.equal(stateOf(diagnosis, "storage"), "ok");
    const [first] = foundIn(diagnosis).filter((one) => one.startsWith("storage: "));
    return first === undefined ? undefined : findingOf(diagnosis, first.slice("storage: ".length));
}

describe("ingesters between Kafka and the storage", () => {
    it("are no fault while the doctor's traces arrive, whatever waits of others", () => {
        assert.equal(judged({ lag: 500, stored: 20 }, 2, true), undefined);
    });

    it("are missing if nobody reads the topic", () => {
        const found = judged({}, 0);
        assert.equal(found?.id, "ingester-missing");
        assert.match(`${found.resource}: ${found.got}`, /topic spans: no pod that reads it/);
    });

    it("are told to read another topic, with both names, and read the right one after the cure", () => {
        const diagnosis = diagnosisOf((patient) => {
            reading(patient, "spans-v2");
        });
        const found = findingOf(diagnosis, "ingester-missing");
        assert.equal(found.resource, "ConfigMap istio-system/jaeger-ingester config.yaml");
        assert.match(found.got, /^no pod that reads it; receivers\.kafka\.traces\.topic is spans-v2, which .* reads$/);
        assert.match(found.commands.join(), /topic.*spans[^-]/s);
    });

    it("lag behind if the topic fills faster than they store, and say by how much", () => {
        const found = judged({ lag: 1200, stored: 40 }, 2);
        assert.equal(found?.id, "ingester-lags");
        assert.match(found.got, /^1200 messages behind .* 40 were stored and 0 rejected by the storage/);
        assert.match(found.cure, /Add ingesters/);
    });

    it("lag behind if the storage takes nothing, which more of them would not change", () => {
        const found = judged({ lag: 3, stored: 0, refused: 8 }, 2);
        assert.equal(found?.id, "ingester-lags");
        assert.match(found.cure, /the storage's answers/);
        assert.equal(judged({ lag: 0, stored: 0 }, 2)?.id, "ingester-lags");
    });

    it("are found by the topic that they read, under the names of old and new configurations", () => {
        const config = (settings: object): object => ({
            exporters: { kafka: settings },
            service: { pipelines: { traces: { receivers: ["otlp"], exporters: ["kafka"] } } },
        });
        const topics = (settings: object): string[] =>
            topicsOf(
                {
                    ...{ configMap: { metadata: { name: "x" } }, key: "y" },
                    config: { ...config(settings) },
                },
                "exporters",
            );
        assert.deepEqual(topics({ traces: { topic: "spans" } }), ["spans"]);
        assert.deepEqual(topics({ topic: "jaeger-spans" }), ["jaeger-spans"]);
        assert.deepEqual(topics({}), ["otlp_spans"]);
    });

    it("tell how many messages wait in each partition", () => {
        const metrics =
            'otelcol_kafka_receiver_offset_lag_ratio{partition="0"} 5\notelcol_kafka_receiver_offset_lag_ratio{partition="1"} 7\n';
        assert.deepEqual(countsIn(metrics), { lag: 12 });
    });
});
