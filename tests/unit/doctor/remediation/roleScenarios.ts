import type { PodObject, ServiceObject } from "../../../../shared/kubernetes/objects";
import { file, SYSTEM, tier } from "../analyzers/storage/tierPatient";
import { pod } from "../patient";
import type { Patient } from "../patientModel";
import { QUERY, type Scenario } from "./scenarioParts";

/** A pod of a role, with the ports that it declares. */
export function roleOf(role: string, ...ports: number[]): PodObject {
    const one = pod(SYSTEM, "jaeger", "10.0.0.30", false);
    one.metadata.name = `jaeger-${role}-1`;
    one.metadata.labels = { app: "jaeger", "app.kubernetes.io/component": role };
    one.spec = {
        containers: [{ name: "jaeger", ports: ports.map((containerPort) => ({ containerPort })) }],
        volumes: [{ configMap: { name: `jaeger-${role}` } }],
    };
    return one;
}

/** A query Service that selects pods of every role. */
export function selectsAll(patient: Patient, targetPort: number | string = 16686): void {
    const service: ServiceObject = {
        metadata: { name: "jaeger-query", namespace: SYSTEM },
        spec: { selector: { app: "jaeger" }, ports: [{ name: "http-query", port: 16686, targetPort }] },
    };
    const pods = [roleOf("query", 16686, 16685), roleOf("collector", 4317, 4318)];
    Object.assign(patient.evidence, { query: { ...QUERY, service, pods, problem: undefined, client: {} } });
}

/** Ingesters that read this topic, of a collector that writes into `spans`. */
export function reading(patient: Patient, topic: string): void {
    patient.spans = "none";
    const ingester = file("jaeger-ingester", {
        receivers: { kafka: { traces: { topic } } },
        service: { pipelines: { "traces/ingester": { receivers: ["kafka"], exporters: [] } } },
    });
    const readers = tier("jaeger-ingester", [], {});
    patient.evidence.ingesters = {
        ...{ ...readers, service: undefined, topic: "spans", pods: [] },
        strays: [{ file: ingester, pods: readers.pods }],
    };
}

/** Faults of Jaeger in roles. */
export const ROLE_SCENARIOS: Scenario[] = [
    {
        id: "query-pod-foreign",
        harm: (patient) => {
            selectsAll(patient);
        },
    },
    {
        id: "ingester-missing",
        harm: (patient) => {
            reading(patient, "spans-v2");
        },
    },
];
