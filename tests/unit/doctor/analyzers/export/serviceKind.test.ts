import assert from "node:assert/strict";
import type { Taken } from "../../../../../doctor/evidence/askReceiver";
import type { HostCounts } from "../../../../../doctor/evidence/sidecar";
import { parseText } from "../../../../../doctor/parseText";
import type { PodObject } from "../../../../../shared/kubernetes/objects";
import { collectorFile, diagnosisOf, findingOf, foundIn, HOST, objectOf, pod, put, stateOf } from "../../patient";
import type { Patient } from "../../patientModel";

const GOOD: HostCounts = { rq_total: 6, rq_success: 6, cx_total: 1 };
const BAD: HostCounts = { rq_total: 5, rq_success: 0, cx_total: 1 };
const REFUSED: HostCounts = { rq_total: 0, rq_error: 4, cx_total: 4, cx_connect_fail: 4 };
const NOTHING = { accepted: 0, refused: 0, stored: 0, storeFailed: 0, queued: 0 };

function rejectAllSpans(patient: Patient): void {
    patient.spans = "none";
    patient.counts = { "istio-system/jaeger-7f9-abc": NOTHING };
}

describe("a collector behind a headless Service", () => {
    const headless = (patient: Patient): void => {
        rejectAllSpans(patient);
        patient.exports = {};
        patient.stats.after = { [`cluster.outbound|4317||${HOST};.upstream_rq_503`]: 9 };
        if (patient.collectorService.spec !== undefined) patient.collectorService.spec.clusterIP = "None";
    };

    it("is told by name, and made anew with its selector and ports", () => {
        const diagnosis = diagnosisOf(headless);
        assert.deepEqual(foundIn(diagnosis), ["export: collector-headless"]);
        const { resource, steps, commands } = findingOf(diagnosis, "collector-headless");
        assert.equal(resource, "Service istio-system/jaeger-collector");
        assert.deepEqual(
            steps.map(({ verb }) => verb),
            ["delete", "apply", "awaitEndpoints"],
        );
        assert.match(commands[1] ?? "", /targetPort: grpc-otlp/);
        assert.doesNotMatch(commands[1] ?? "", /clusterIP/);
    });

    it("keeps one that a StatefulSet needs, and one whose endpoints are made by hand", () => {
        for (const harm of [
            (patient: Patient) => {
                const workload = {
                    kind: "StatefulSet" as const,
                    metadata: { name: "jaeger" },
                    spec: { serviceName: "jaeger-collector" },
                };
                patient.evidence.workloads = { value: [workload] };
            },
            (patient: Patient) => {
                if (patient.collectorService.spec !== undefined) patient.collectorService.spec.selector = {};
            },
        ]) {
            const diagnosis = diagnosisOf((patient) => {
                headless(patient);
                harm(patient);
            });
            assert.deepEqual(findingOf(diagnosis, "collector-headless").steps, []);
        }
    });

    it("is no fault where sidecars get its endpoints none the less", () => {
        const diagnosis = diagnosisOf((patient) => {
            if (patient.collectorService.spec !== undefined) patient.collectorService.spec.clusterIP = "None";
        });
        assert.deepEqual(foundIn(diagnosis), []);
    });
});

describe("a collector behind an alias", () => {
    const alias =
        (externalName: string) =>
        (patient: Patient): void => {
            rejectAllSpans(patient);
            patient.hasCluster = false;
            const service = {
                metadata: { name: "alias", namespace: "istio-system" },
                spec: { type: "ExternalName", externalName, ports: [{ port: 4317 }] },
            };
            patient.services.push(service);
            patient.provider["opentelemetry"] = { service: "alias.istio-system.svc.cluster.local", port: 4317 };
        };

    it("is named by the Service that the alias stands for", () => {
        const diagnosis = diagnosisOf(alias(HOST));
        assert.deepEqual(foundIn(diagnosis), ["export: collector-external-name"]);
        const { resource, steps } = findingOf(diagnosis, "collector-external-name");
        assert.equal(resource, "Service istio-system/alias");
        assert.match(JSON.stringify(steps[0]), new RegExp(`"after":.*"service":"${HOST}"`));
    });

    it("gets a ServiceEntry where it stands for a host outside of the cluster, and no command", () => {
        const { cure, steps } = findingOf(diagnosisOf(alias("traces.example.com.")), "collector-external-name");
        assert.match(cure, /^Add a ServiceEntry with the host traces\.example\.com /);
        assert.deepEqual(steps, []);
    });

    it("is why Envoy refuses a listener with a Zipkin tracer", () => {
        const diagnosis = diagnosisOf((patient) => {
            alias(HOST)(patient);
            patient.evidence.source = undefined;
            const listeners = {
                value: {
                    chains: [],
                    rejected: [{ listener: "0.0.0.0_8080", details: "unknown cluster", names: [], clusters: [] }],
                },
            };
            const count = { value: { clusters: {}, hosts: {}, stats: {} } };
            patient.evidence.targets = [
                { pod: patient.backend, listeners, clusters: { value: [] }, before: count, after: count },
            ];
        });
        assert.equal(diagnosis.brokenAt, "sidecar");
        assert.match(
            findingOf(diagnosis, "proxy-rejects-config").got,
            /unknown cluster: Service istio-system\/alias is an alias of/,
        );
        assert.ok(!foundIn(diagnosis).includes("export: collector-external-name"), "one fault, one command");
    });
});

describe("a Service of the collector without a selector", () => {
    it("is said to have nothing behind it, by name", () => {
        const diagnosis = diagnosisOf((patient) => {
            rejectAllSpans(patient);
            patient.exports = {};
            if (patient.collectorService.spec !== undefined) patient.collectorService.spec.selector = {};
            put(patient.discovery, "endpointSlices");
        });
        const { resource, cure } = findingOf(diagnosis, "collector-endpoints-ready");
        assert.equal(resource, "Service istio-system/jaeger-collector");
        assert.match(cure, /^It has no selector, and no EndpointSlice names it/);
    });

    it("has the pods at the addresses that its EndpointSlices name", () => {
        const diagnosis = diagnosisOf((patient) => {
            if (patient.collectorService.spec !== undefined) patient.collectorService.spec.selector = {};
        });
        assert.deepEqual(foundIn(diagnosis), []);
        assert.match(diagnosis.inventory.collector?.behind ?? "", /1 of 1 pods ready/);
    });
});

describe("a pod behind the collector's Service that is no collector", () => {
    const foreign = (patient: Patient): PodObject => {
        const other = pod("istio-system", "jaeger", "10.0.0.10", false);
        other.metadata = { name: "operator", namespace: "istio-system", labels: { app: "jaeger" } };
        for (const { metadata } of patient.jaegers)
            metadata.labels = { ...metadata.labels, "app.kubernetes.io/name": "jaeger" };
        patient.jaegers = [...patient.jaegers, other];
        patient.counts["istio-system/operator"] = "refused";
        return other;
    };
    const taken: [string, Taken | undefined, Record<string, HostCounts>, Patient["spans"]][] = [
        ["by its answer, where the probes came through by luck", "other-http", { "10.0.0.9:4317": GOOD }, "all"],
        ["by its answer, where they did not", "other-http", { "10.0.0.9:4317": GOOD, "10.0.0.10:4317": BAD }, "none"],
        ["by its silence", "closed", { "10.0.0.9:4317": GOOD, "10.0.0.10:4317": REFUSED }, "none"],
        ["by the calls to it alone", undefined, { "10.0.0.9:4317": GOOD, "10.0.0.10:4317": BAD }, "all"],
    ];
    for (const [how, answer, exports, spans] of taken) {
        it(`is told ${how}, with a label that only the right pods have`, () => {
            const diagnosis = diagnosisOf((patient) => {
                foreign(patient);
                Object.assign(patient, { exports, spans });
                if (answer !== undefined)
                    patient.evidence.receivers = [
                        { pod: "istio-system/jaeger-7f9-abc", port: 4317, taken: "otlp-grpc" },
                        { pod: "istio-system/operator", port: 4317, taken: answer },
                    ];
            });
            assert.deepEqual(foundIn(diagnosis), ["export: collector-pod-foreign"]);
            assert.equal(diagnosis.brokenAt, "export");
            const { got, steps } = findingOf(diagnosis, "collector-pod-foreign");
            assert.match(got, /^of 2 ready pods, istio-system\/operator is not a collector/);
            const patch = [{ op: "add", path: "/spec/selector/app.kubernetes.io~1name", value: "jaeger" }];
            assert.deepEqual(
                steps.map((step) => step.verb === "patch" && step.patch),
                [patch],
            );
        });
    }

    it("does not take the counts of the right pods away by refusing its own", () => {
        const diagnosis = diagnosisOf((patient) => {
            foreign(patient);
        });
        assert.equal(diagnosis.loss.accepted, 18);
        assert.equal(stateOf(diagnosis, "reception"), "ok");
        assert.match(diagnosis.skipped.map(({ what }) => what).join(), /own metrics, of Pod istio-system\/operator$/);
    });
});

describe("a receiver on localhost", () => {
    const CONFIG = (grpc: string): string => `
# kept
receivers: { otlp: { protocols: { grpc: ${grpc} } } }
service: { pipelines: { traces: { receivers: [otlp] } } }
`;
    for (const grpc of ["{ endpoint: localhost:4317 }", "{ endpoint: 127.0.0.1:4317 }", "{}"]) {
        it(`is told with the ConfigMap, and written for every address (${grpc})`, () => {
            const diagnosis = diagnosisOf((patient) => {
                rejectAllSpans(patient);
                patient.exports = { "10.0.0.9:4317": REFUSED };
                collectorFile(patient, CONFIG(grpc));
            });
            assert.deepEqual(foundIn(diagnosis), ["export: collector-receiver-local"]);
            const { resource, steps } = findingOf(diagnosis, "collector-receiver-local");
            assert.match(resource, /^ConfigMap istio-system\/jaeger-conf/);
            assert.deepEqual(
                steps.map(({ verb }) => verb),
                ["merge", "restart", "await"],
            );
            const patch = steps[0]?.verb === "merge" ? (steps[0].patch as { data: Record<string, string> }).data : {};
            assert.match(patch["config.yaml"] ?? "", /^\s*# kept/);
            assert.match(JSON.stringify(parseText(patch["config.yaml"] ?? "")), /"grpc":\{"endpoint":":4317"\}/);
        });
    }

    it("is not written down where its configuration holds a password", () => {
        const diagnosis = diagnosisOf((patient) => {
            rejectAllSpans(patient);
            patient.exports = { "10.0.0.9:4317": REFUSED };
            collectorFile(patient, `${CONFIG("{}")}exporters: { other: { password: hunter2 } }\n`);
        });
        assert.deepEqual(findingOf(diagnosis, "collector-receiver-local").steps, []);
    });
});

describe("a ServiceEntry for the collector's own name", () => {
    it("is named and deleted, and the Service's namespace is the right one", () => {
        const diagnosis = diagnosisOf((patient) => {
            rejectAllSpans(patient);
            patient.outbound = patient.outbound.map((chain) => ({ ...chain, tracing: undefined }));
            patient.hasCluster = false;
            put(patient.discovery, "serviceEntries", objectOf("demo", "double", { hosts: [HOST] }));
        });
        const { got, steps } = findingOf(diagnosis, "provider-host-unknown");
        assert.match(got, /ServiceEntry demo\/double beside the Service$/);
        assert.deepEqual(
            steps.map(({ verb }) => verb),
            ["delete"],
        );
    });
});
