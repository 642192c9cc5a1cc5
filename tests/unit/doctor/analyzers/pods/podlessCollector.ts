import assert from "node:assert/strict";
import type { DoctorFinding } from "../../../../../doctor/segments";
import type { PodObject, WorkloadObject } from "../../../../../shared/kubernetes/objects";
import { diagnosisOf, foundIn, put } from "../../patient";
import type { Patient } from "../../patientModel";
import { silent } from "../../remediation/scenarioParts";

const ID = /^pods-not-|^collector-endpoints-ready$/;

/** The Deployment of Jaeger, as it is in a cluster. */
export function deployment(more: Partial<WorkloadObject> = {}, spec: object = {}): WorkloadObject {
    const template = { metadata: { labels: { app: "jaeger" } }, spec: { containers: [{ name: "jaeger" }] } };
    const metadata = { name: "jaeger", namespace: "istio-system" };
    return { kind: "Deployment", metadata, spec: { replicas: 1, template, ...spec }, ...more };
}

/** What is said of a collector without a ready pod. */
export function without(harm: (patient: Patient, jaeger: PodObject) => void, workload = deployment()): DoctorFinding {
    const diagnosis = diagnosisOf((patient) => {
        silent(patient, {});
        put(patient.discovery, "endpointSlices");
        patient.evidence.workloads = { value: [workload] };
        const [jaeger] = patient.jaegers;
        if (jaeger === undefined) throw new Error("there is no Jaeger");
        jaeger.status = { phase: "Pending" };
        harm(patient, jaeger);
    });
    assert.equal(diagnosis.brokenAt, "export");
    const [found, another] = diagnosis.findings.filter(({ id }) => ID.test(id));
    assert.ok(found !== undefined && another === undefined, foundIn(diagnosis).join());
    return found;
}

/** The Deployment of Jaeger, whose pods are rejected with this message. */
export function rejected(message: string): WorkloadObject {
    const condition = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message };
    return deployment({ status: { conditions: [condition] } });
}

/** Takes the pods away. */
export const gone = (patient: Patient): void => {
    patient.jaegers = [];
};
