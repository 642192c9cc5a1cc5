import assert from "node:assert/strict";
import { diagnosisOf, findingOf, foundIn, objectOf, put } from "../../patient";
import type { Patient } from "../../patientModel";
import { silent } from "../../remediation/scenarioParts";

const FILTER = objectOf("demo", "tracer", { configPatches: [{ patch: { value: { tracing: { provider: {} } } } }] });

function elsewhere(patient: Patient, cluster: string): void {
    for (const chain of [...patient.outbound, ...patient.inbound])
        if (chain.tracing !== undefined) chain.tracing = { ...chain.tracing, cluster };
}

describe("a sidecar whose tracer sends to another cluster than its provider's", () => {
    const found = (change: (patient: Patient) => void): ReturnType<typeof diagnosisOf> =>
        diagnosisOf((patient) => {
            silent(patient, { "10.0.0.9:4317": { rq_total: 0 } });
            change(patient);
        });

    it("is told with the EnvoyFilter that changes its tracing", () => {
        for (const cluster of ["outbound|9411||zipkin.obs.svc.cluster.local", "my-collector", ""]) {
            const diagnosis = found((patient) => {
                elsewhere(patient, cluster);
                put(patient.discovery, "envoyFilters", FILTER);
            });
            assert.equal(diagnosis.brokenAt, "sidecar");
            const { resource, got } = findingOf(diagnosis, "sidecar-traces-elsewhere");
            assert.equal(resource, "EnvoyFilter demo/tracer");
            assert.ok(got.includes(cluster === "" ? "no cluster" : cluster));
        }
    });

    it("is no fault where the traces arrive, nor one of an EnvoyFilter that leaves the cluster as it is", () => {
        const arriving = diagnosisOf((patient) => {
            elsewhere(patient, "outbound|4317||gateway.obs.svc.cluster.local");
            put(patient.discovery, "envoyFilters", FILTER);
        });
        assert.deepEqual(foundIn(arriving), []);
        const same = found((patient) => {
            put(patient.discovery, "envoyFilters", FILTER);
        });
        assert.ok(!foundIn(same).includes("sidecar: sidecar-traces-elsewhere"));
    });
});

describe("a listener that a sidecar refuses for want of the collector's cluster", () => {
    it("is told with the EnvoyFilter that takes the cluster away", () => {
        const cluster = "outbound|4317||jaeger-collector.istio-system.svc.cluster.local";
        const diagnosis = diagnosisOf((patient) => {
            silent(patient, {});
            patient.hasCluster = false;
            const configPatches = [{ applyTo: "CLUSTER", patch: { operation: "REMOVE" } }];
            put(patient.discovery, "envoyFilters", objectOf("demo", "slim", { configPatches }));
            const count = { value: { clusters: {}, hosts: {}, stats: {} } };
            const details = `Unknown gRPC client cluster '${cluster}'`;
            const rejected = [{ listener: "0.0.0.0_80", details, names: [], clusters: [cluster] }];
            patient.evidence.source = {
                ...{ pod: patient.frontend, clusters: { value: [] }, before: count, after: count },
                listeners: { value: { chains: [], rejected } },
            };
        });
        assert.equal(diagnosis.brokenAt, "sidecar");
        const { got, commands } = findingOf(diagnosis, "proxy-rejects-config");
        assert.match(got, /Unknown gRPC client cluster .*: a patch with the operation REMOVE/);
        assert.deepEqual(commands, ["kubectl delete envoyfilter slim -n demo"]);
    });
});
