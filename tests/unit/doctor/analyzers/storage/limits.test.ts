import assert from "node:assert/strict";
import type { DoctorFinding } from "../../../../../doctor/segments";
import { collectorFile, diagnosisOf, findingOf, foundIn } from "../../patient";
import type { Patient } from "../../patientModel";

const CONFIG = (backend: string): string => `
extensions: { jaeger_storage: { backends: { some: ${backend} } } }
receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } }
exporters: { jaeger_storage_exporter: { trace_storage: some } }
service: { pipelines: { traces: { receivers: [otlp], exporters: [jaeger_storage_exporter] } } }
`;

/** What is said of traces that the collector accepted and that are not found. */
function lost(harm: (patient: Patient) => void): DoctorFinding {
    const diagnosis = diagnosisOf((patient) => {
        patient.spans = "none";
        patient.evidence.waitedMs = 4000;
        patient.evidence.burst = { sent: 97, answered: 97, failed: 0, traces: [] };
        harm(patient);
    });
    assert.deepEqual(foundIn(diagnosis), ["storage: trace-not-found"]);
    return findingOf(diagnosis, "trace-not-found");
}

/** The container of Jaeger's pod and of its Deployment. */
function container(patient: Patient, change: object): void {
    const [own] = patient.jaegers[0]?.spec?.containers ?? [];
    Object.assign(own ?? {}, change);
    const template = { metadata: { labels: { app: "jaeger" } }, spec: { containers: own ? [own] : [] } };
    const metadata = { name: "jaeger", namespace: "istio-system" };
    patient.evidence.workloads = { value: [{ kind: "Deployment", metadata, spec: { template } }] };
}

describe("traces that Jaeger has dropped before anybody looked", () => {
    it("were more than its memory store keeps, which is raised to what fits into its memory", () => {
        const { resource, got, commands } = lost((patient) => {
            collectorFile(patient, CONFIG("{ memory: { max_traces: 10 } }"));
            container(patient, { resources: { limits: { memory: "1Gi" } } });
        });
        assert.equal(resource, "ConfigMap istio-system/jaeger-conf config.yaml");
        assert.match(
            got,
            /^0 of 3 found; extensions\.jaeger_storage\.backends\.some\.memory\.max_traces is 10, fewer than the 100 traces since the probes$/,
        );
        assert.match(commands[0] ?? "", /max_traces: 2\d{4}/);
        assert.match(commands[1] ?? "", /rollout restart deployment\/jaeger/);
    });

    it("were more than the command line lets it keep, and it is changed there", () => {
        const flags: [object, RegExp, string][] = [
            [
                { image: "jaegertracing/all-in-one:1.60", args: ["--memory.max-traces=5"] },
                /memory\.max_traces is 5, /,
                "--memory.max-traces=20000",
            ],
            [
                {
                    image: "jaegertracing/jaeger:2.13.0",
                    args: ["--set=extensions.jaeger_storage.backends.some_storage.memory.max_traces=5"],
                },
                /backends\.some_storage\.memory\.max_traces is 5, /,
                "--set=extensions.jaeger_storage.backends.some_storage.memory.max_traces=20000",
            ],
        ];
        for (const [change, said, value] of flags) {
            const { resource, got, steps } = lost((patient) => {
                container(patient, change);
            });
            assert.equal(resource, "Deployment istio-system/jaeger");
            assert.match(got, said);
            const [patch] = steps;
            assert.deepEqual(patch?.verb === "patch" && patch.patch[0]?.value, value);
        }
    });

    it("were kept for less time than a search takes", () => {
        const { got, commands } = lost((patient) => {
            collectorFile(patient, CONFIG('{ badger: { ttl: { spans: "3s" } } }'));
        });
        assert.match(got, /some\.badger\.ttl\.spans is 3s, less than the 9 s in which the doctor searched$/);
        assert.match(commands[0] ?? "", /spans: \\"72h/);
    });

    it("are not explained by limits that are wide enough", () => {
        for (const backend of ["{ memory: { max_traces: 50000 } }", '{ badger: { ttl: { spans: "48h" } } }'])
            assert.match(
                lost((patient) => {
                    collectorFile(patient, CONFIG(backend));
                }).got,
                /^0 of 3 found$/,
            );
    });
});
