import assert from "node:assert/strict";
import { collectorFile, diagnosisOf, findingOf, foundIn, pod } from "../../patient";
import type { Patient } from "../../patientModel";

const NOTHING = { accepted: 0, refused: 0, stored: 0, storeFailed: 0, queued: 0 };

describe("two ready Jaegers that each keep traces in memory", () => {
    const CONFIG = (backend: string): string => `
extensions: { jaeger_storage: { backends: { some: ${backend} } } }
receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } }
service: { pipelines: { traces: { receivers: [otlp] } } }
`;
    const two = (patient: Patient, backend: string): void => {
        const other = pod("istio-system", "jaeger", "10.0.0.10", false);
        other.metadata = { ...other.metadata, name: "jaeger-7f9-def" };
        patient.jaegers = [...patient.jaegers, other];
        patient.counts["istio-system/jaeger-7f9-def"] = { ...NOTHING, accepted: 9, stored: 9 };
        collectorFile(patient, CONFIG(backend));
    };

    it("are the same fault whether the probes were found or not", () => {
        for (const spans of ["all", "none"] as const) {
            const diagnosis = diagnosisOf((patient) => {
                two(patient, "{ memory: { max_traces: 100 } }");
                patient.spans = spans;
            });
            assert.deepEqual(foundIn(diagnosis), ["storage: storage-split"]);
            assert.equal(diagnosis.brokenAt, "storage");
            assert.deepEqual(findingOf(diagnosis, "storage-split").commands, [
                "kubectl scale deployment/jaeger -n istio-system --replicas=1",
                "kubectl rollout status deployment/jaeger -n istio-system --timeout=120s",
            ]);
        }
    });

    it("are none where they share a storage, and where one of them is not ready", () => {
        const shared = diagnosisOf((patient) => {
            two(patient, "{ elasticsearch: { server_urls: [http://es:9200] } }");
        });
        assert.deepEqual(foundIn(shared), []);
        const unready = diagnosisOf((patient) => {
            two(patient, "{ memory: {} }");
            const [, other] = patient.jaegers;
            if (other?.status !== undefined) other.status.conditions = [];
        });
        assert.deepEqual(foundIn(unready), []);
    });
});
