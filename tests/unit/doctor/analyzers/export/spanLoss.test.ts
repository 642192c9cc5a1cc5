import assert from "node:assert/strict";
import type { CollectorCounts } from "../../../../../doctor/evidence/collectorMetrics";
import type { Trace } from "../../../../../shared/jaeger/client";
import type { Diagnosis } from "../../../../../doctor/diagnose";
import { collectorFile, diagnosisOf, evidenceOf, findingOf, foundIn, stateOf } from "../../patient";
import type { Patient } from "../../patientModel";
import { exitCodeOf } from "../../../../../doctor/report/verdict";

const POD = "istio-system/jaeger-7f9-abc";
const SENT = "tracing.opentelemetry.spans_sent";

interface Counted extends Partial<CollectorCounts> {
    /** Spans that each of the two sidecars made. */
    made?: number;
}

/** 100 requests, of which Jaeger has so many traces, with what was counted on the way: 206 spans with those of the probes. */
function lossOf(traces: number, { made = 103, ...counts }: Counted, change?: (patient: Patient) => void): Diagnosis {
    return diagnosisOf((patient) => {
        const spans = evidenceOf().probes[0]?.trace?.spans ?? [];
        const found = Array.from({ length: traces }, (_, index): Trace => ({ traceId: `t${String(index)}`, spans }));
        patient.evidence.burst = { sent: 100, answered: 100, failed: 0, traces: found };
        patient.evidence.logged = { recorded: 100, unrecorded: 0 };
        patient.stats = { before: { [SENT]: 0 }, after: { [SENT]: made } };
        patient.counts[POD] = { accepted: 206, refused: 0, stored: 206, storeFailed: 0, queued: 0, ...counts };
        change?.(patient);
    });
}

describe("a loss of spans", () => {
    it("is an error at the segment after which counts prove it, although every probe arrived", () => {
        const cases: [string, Counted][] = [
            ["sidecar", { made: 90 }],
            ["export", { accepted: 160, stored: 160 }],
            ["storage", { stored: 160 }],
        ];
        for (const [segment, counts] of cases) {
            const diagnosis = lossOf(80, counts);
            assert.deepEqual(foundIn(diagnosis), [`${segment}: spans-lost`]);
            assert.equal(findingOf(diagnosis, "spans-lost").severity, "error");
            assert.equal(diagnosis.brokenAt, segment);
            assert.equal(stateOf(diagnosis, segment as never), "broken");
            assert.equal(diagnosis.healthy, false);
            assert.equal(exitCodeOf(diagnosis, "error"), 1);
        }
    });

    it("is told by the finding of its segment, where that names the cause", () => {
        const diagnosis = lossOf(80, { refused: 46, accepted: 160, stored: 160 });
        assert.deepEqual(foundIn(diagnosis), ["reception: collector-refuses"]);
        assert.equal(findingOf(diagnosis, "collector-refuses").severity, "error");
        assert.equal(diagnosis.brokenAt, "reception");
    });

    it("is a warning where no count shows after which station, or where spans may still come", () => {
        for (const counts of [{}, { stored: 160, queued: 3 }]) {
            const diagnosis = lossOf(80, counts);
            assert.deepEqual(foundIn(diagnosis), ["storage: spans-lost"]);
            assert.equal(findingOf(diagnosis, "spans-lost").severity, "warning");
            assert.equal(diagnosis.brokenAt, undefined);
            assert.equal(exitCodeOf(diagnosis, "error"), 0);
            assert.equal(exitCodeOf(diagnosis, "warning"), 1);
        }
    });

    it("is a warning that names the processor which may drop spans on purpose", () => {
        const diagnosis = lossOf(80, { stored: 160 }, (patient) => {
            const pipeline = "traces: { receivers: [otlp], processors: [probabilistic_sampler], exporters: [x] }";
            const processors = "processors: { probabilistic_sampler: { sampling_percentage: 80 } }";
            collectorFile(patient, `receivers: { otlp: {} }\n${processors}\nservice: { pipelines: { ${pipeline} } }\n`);
        });
        const { severity, resource, got } = findingOf(diagnosis, "spans-lost");
        assert.equal(severity, "warning");
        assert.equal(resource, "ConfigMap istio-system/jaeger-conf config.yaml");
        assert.match(got, /probabilistic_sampler with sampling_percentage 80 of the collector may have dropped them$/);
    });

    it("says nothing of request ids, whose traces may be among those that are lost", () => {
        const withIds = (patient: Patient): void => {
            patient.evidence.requestIds = { others: ["order-1"], shapes: [{ shape: "text", sent: 2, recorded: 0 }] };
        };
        const found = (traces: number, counts: Counted): string[] => foundIn(lossOf(traces, counts, withIds));
        assert.deepEqual(found(100, {}), ["sampling: request-id-undrawable"]);
        assert.deepEqual(found(80, { accepted: 160, stored: 160 }), ["export: spans-lost"]);
        assert.deepEqual(found(80, {}), ["storage: spans-lost"]);
    });

    it("says nothing of request ids while a share of the export calls fails", () => {
        const diagnosis = diagnosisOf((patient) => {
            patient.exports = { "10.0.0.9:4317": { rq_total: 20, rq_success: 17, rq_error: 3, cx_total: 2 } };
            patient.evidence.requestIds = { others: ["order-1"], shapes: [{ shape: "text", sent: 2, recorded: 0 }] };
        });
        assert.deepEqual(foundIn(diagnosis), ["export: export-failing"]);
        assert.equal(diagnosis.sampling.foreignIds, undefined);
    });
});
