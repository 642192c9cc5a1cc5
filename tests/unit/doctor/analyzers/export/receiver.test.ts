import assert from "node:assert/strict";
import { parseText } from "../../../../../doctor/parseText";
import type { ContainerObject, WorkloadObject } from "../../../../../shared/kubernetes/objects";
import { collectorFile, diagnosisOf, findingOf, foundIn } from "../../patient";
import type { Patient } from "../../patientModel";
import { ADDRESS, REFUSED, silent } from "../../remediation/scenarioParts";

/** Jaeger's container with other words, in its pod and in its Deployment. */
function container(patient: Patient, change: Partial<ContainerObject>): void {
    const [own] = patient.jaegers[0]?.spec?.containers ?? [];
    Object.assign(own ?? {}, change);
    const workload: WorkloadObject = {
        kind: "Deployment",
        metadata: { name: "jaeger", namespace: "istio-system" },
        spec: { template: { metadata: { labels: { app: "jaeger" } }, spec: { containers: own ? [own] : [] } } },
    };
    patient.evidence.workloads = { value: [workload] };
}

describe("a receiver that its container lets listen on localhost", () => {
    const cases: [string, Partial<ContainerObject>, string, string][] = [
        [
            "by --set",
            {
                image: "jaegertracing/jaeger:2.13.0",
                args: [
                    "--config=/etc/jaeger/config.yaml",
                    "--set=receivers.otlp.protocols.grpc.endpoint=127.0.0.1:4317",
                ],
            },
            "/spec/template/spec/containers/0/args/1",
            "--set=receivers.otlp.protocols.grpc.endpoint=:4317",
        ],
        [
            "by a variable",
            { image: "jaegertracing/jaeger:2.13.0", env: [{ name: "JAEGER_LISTEN_HOST", value: "localhost" }] },
            "/spec/template/spec/containers/0/env/0/value",
            "0.0.0.0",
        ],
        [
            "by a flag of Jaeger 1",
            { image: "jaegertracing/all-in-one:1.60", args: ["--collector.otlp.grpc.host-port", "127.0.0.1:4317"] },
            "/spec/template/spec/containers/0/args/1",
            ":4317",
        ],
    ];
    for (const [what, change, path, value] of cases) {
        it(`is named with its workload, and set right there (${what})`, () => {
            const diagnosis = diagnosisOf((patient) => {
                silent(patient, { [ADDRESS]: REFUSED });
                container(patient, change);
                if (what === "by --set")
                    collectorFile(
                        patient,
                        'receivers: { otlp: { protocols: { grpc: { endpoint: ":4317" } } } }\n' +
                            "service: { pipelines: { traces: { receivers: [otlp] } } }\n",
                    );
            });
            assert.deepEqual(foundIn(diagnosis), ["export: collector-receiver-local"]);
            const { resource, steps } = findingOf(diagnosis, "collector-receiver-local");
            assert.equal(resource, "Deployment istio-system/jaeger");
            const [patch, wait] = steps;
            assert.deepEqual(patch?.verb === "patch" && patch.patch, [{ op: "replace", path, value }]);
            assert.equal(wait?.verb, "await");
        });
    }
});

describe("a receiver on IPv4 alone, behind a Service with IPv6 alone", () => {
    it("is named with its file, and listens on every address afterwards", () => {
        const diagnosis = diagnosisOf((patient) => {
            silent(patient, { [ADDRESS]: REFUSED });
            Object.assign(patient.collectorService.spec ?? {}, { ipFamilies: ["IPv6"] });
            collectorFile(
                patient,
                "# kept\nreceivers: { otlp: { protocols: { grpc: { endpoint: 0.0.0.0:4317 } } } }\n" +
                    "service: { pipelines: { traces: { receivers: [otlp] } } }\n",
            );
        });
        assert.deepEqual(foundIn(diagnosis), ["export: collector-receiver-ipv4"]);
        const { got, steps } = findingOf(diagnosis, "collector-receiver-ipv4");
        assert.match(got, /^0\.0\.0\.0, which is IPv4 only, and Service istio-system\/jaeger-collector has only IPv6/);
        const [merge] = steps;
        assert.match(JSON.stringify(merge), /"verb":"merge".*# kept\\nreceivers.*endpoint: \\":4317\\" \}/);
    });
});

describe("a receiver that no pipeline names", () => {
    const file = (traces: string): string => `
# kept
receivers: { otlp: { protocols: { grpc: { endpoint: ":4317" } } }, zipkin: {} }
service: { pipelines: { ${traces} } }
`;
    const found = (traces: string) =>
        diagnosisOf((patient) => {
            silent(patient, { [ADDRESS]: REFUSED });
            collectorFile(patient, file(traces));
        });

    it("is named with its file and key, written into the pipeline, and the pods are restarted", () => {
        const diagnosis = found("traces: { receivers: [zipkin], exporters: [x] }");
        assert.deepEqual(foundIn(diagnosis), ["export: collector-receiver-unused"]);
        const { resource, steps } = findingOf(diagnosis, "collector-receiver-unused");
        assert.equal(resource, "ConfigMap istio-system/jaeger-conf config.yaml");
        assert.deepEqual(
            steps.map(({ verb }) => verb),
            ["merge", "restart", "await"],
        );
        const patch = steps[0]?.verb === "merge" ? (steps[0].patch as { data: Record<string, string> }).data : {};
        assert.match(patch["config.yaml"] ?? "", /^\s*# kept/);
        assert.match(JSON.stringify(parseText(patch["config.yaml"] ?? "")), /"receivers":\["zipkin","otlp"\]/);
    });

    it("is written into a pipeline of another name", () => {
        const { steps } = findingOf(found("traces/all: { receivers: [zipkin] }"), "collector-receiver-unused");
        assert.match(JSON.stringify(steps[0]), /traces\/all.*zipkin, otlp/);
    });

    it("is left to a person where there is no pipeline of traces", () => {
        const { steps, cure } = findingOf(found("metrics: { receivers: [otlp] }"), "collector-receiver-unused");
        assert.deepEqual(steps, []);
        assert.match(cure, /^Add a pipeline traces with the receiver otlp and an exporter/);
    });
});

describe("a collector whose configuration nobody can read", () => {
    it("is told to listen on localhost alone where it accepts spans inside its pod and refuses them from outside", () => {
        const diagnosis = diagnosisOf((patient) => {
            silent(patient, { [ADDRESS]: REFUSED });
            patient.stats.after = {
                "cluster.outbound|4317||jaeger-collector.istio-system.svc.cluster.local;.upstream_cx_connect_timeout": 0,
            };
            patient.evidence.receivers = [{ pod: "istio-system/jaeger-7f9-abc", port: 4317, taken: "otlp-grpc" }];
        });
        const { got, cure } = findingOf(diagnosis, "collector-unreachable");
        assert.match(
            got,
            /^4 connections refused; queried from inside, Pod .* accepts otlp-grpc at 4317: its receiver listens on localhost only, or/,
        );
        assert.match(cure, /^Make the receiver listen on every address/);
    });
});

describe("a ConfigMap that was changed without a restart of the collector", () => {
    const changed = (time: string, taken: "closed" | "otlp-grpc", restarted?: string) =>
        diagnosisOf((patient) => {
            silent(patient, { [ADDRESS]: REFUSED });
            const text =
                'receivers: { otlp: { protocols: { grpc: { endpoint: ":4317" } } } }\n' +
                "service: { pipelines: { traces: { receivers: [otlp], exporters: [x] } } }\n";
            collectorFile(patient, text).metadata.managedFields = [{ manager: "kubectl-edit", time }];
            for (const { metadata, status } of patient.jaegers) {
                metadata.creationTimestamp = "2026-01-01T10:00:00Z";
                const lastState = { terminated: { reason: "Error", finishedAt: restarted } };
                if (status !== undefined && restarted !== undefined)
                    status.containerStatuses = [{ name: "jaeger", lastState }];
            }
            patient.evidence.receivers = [{ pod: "istio-system/jaeger-7f9-abc", port: 4317, taken }];
        });

    it("is named, and the pods are restarted", () => {
        const diagnosis = changed("2026-01-01T11:00:00Z", "closed");
        assert.deepEqual(foundIn(diagnosis), ["export: collector-config-stale"]);
        const { resource, got, steps } = findingOf(diagnosis, "collector-config-stale");
        assert.equal(resource, "ConfigMap istio-system/jaeger-conf config.yaml");
        assert.match(got, /^changed after istio-system\/jaeger-7f9-abc started, and nothing listens on port 4317/);
        assert.deepEqual(
            steps.map(({ verb }) => verb),
            ["restart", "await"],
        );
    });

    it("is not blamed where it is older than the pod or its last restart, or where the pod listens", () => {
        for (const diagnosis of [
            changed("2026-01-01T09:00:00Z", "closed"),
            changed("2026-01-01T11:00:00Z", "closed", "2026-01-01T12:00:00Z"),
            changed("2026-01-01T11:00:00Z", "otlp-grpc"),
            changed("nonsense", "closed"),
        ])
            assert.deepEqual(foundIn(diagnosis), ["export: collector-unreachable"]);
    });
});
