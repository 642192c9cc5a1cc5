import type { Evidence } from "../../../../doctor/evidence";
import { pod } from "../patient";
import type { Patient } from "../patientModel";
import type { Scenario } from "./scenarioParts";

const SYSTEM = "istio-system";

/** Further evidence, and no trace of a probe. */
function lost(patient: Patient, evidence: Partial<Evidence>): void {
    patient.spans = "none";
    Object.assign(patient.evidence, evidence);
}

/** Faults of the servers behind Jaeger. */
export const STORE_SCENARIOS: Scenario[] = [
    {
        id: "storage-schema",
        harm: (patient) => {
            const about = { store: "storage", fault: "schema", by: `Pod ${SYSTEM}/jaeger-7f9-abc` } as const;
            lost(patient, { storeErrors: [{ ...about, line: "x", attempts: 3, documents: 12 }] });
        },
    },
    {
        id: "ingester-missing",
        harm: (patient) => {
            const spec = { replicas: 0 };
            const metadata = { name: "jaeger-ingester", namespace: SYSTEM };
            lost(patient, {
                ingesters: {
                    topic: "spans",
                    service: undefined,
                    pods: [],
                    files: [],
                    strays: [],
                    before: {},
                    after: {},
                },
                workloads: { value: [{ kind: "Deployment", metadata, spec }] },
            });
        },
    },
    {
        id: "index-cleaner-failing",
        harm: (patient) => {
            const cronJob = { metadata: { name: "jaeger-index-cleaner", namespace: SYSTEM } };
            const run = {
                metadata: { ...pod(SYSTEM, "x", "10.0.0.7").metadata, name: "jaeger-index-cleaner-by-hand" },
            };
            const cleaner = { cronJob, suspended: false, runs: [run], failures: 2, succeededAt: undefined };
            Object.assign(patient.evidence, { indexCleaners: [{ ...cleaner, line: "status: 403" }] });
        },
    },
    {
        id: "index-cleaner-failing",
        what: "suspended",
        harm: (patient) => {
            const cronJob = { metadata: { name: "jaeger-index-cleaner", namespace: SYSTEM } };
            const cleaner = { cronJob, suspended: true, runs: [], failures: 0, succeededAt: undefined };
            Object.assign(patient.evidence, { indexCleaners: [{ ...cleaner, line: undefined }] });
        },
    },
];
