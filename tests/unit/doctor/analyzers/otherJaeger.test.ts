import assert from "node:assert/strict";
import { JaegerClient } from "../../../../shared/jaeger/client";
import type { PodObject, ServiceObject } from "../../../../shared/kubernetes/objects";
import { collectorFile, diagnosisOf, findingOf, foundIn, pod } from "../patient";
import type { Patient } from "../patientModel";

const CONFIG = (backend: string): string => `
extensions: { jaeger_storage: { backends: { some: ${backend} } } }
receivers: { otlp: { protocols: { grpc: { endpoint: "0.0.0.0:4317" } } } }
exporters: { jaeger_storage_exporter: { trace_storage: some } }
service: { pipelines: { traces: { receivers: [otlp], exporters: [jaeger_storage_exporter] } } }
`;

interface Led {
    to: (patient: Patient) => PodObject[];
    backend?: string;
    namespace?: string;
    spans?: "all" | "none";
    selector?: Record<string, string>;
}

/** The diagnosis of a mesh whose query Service leads to these pods. */
function led({ to, backend = "{ memory: { max_traces: 9000 } }", namespace = "istio-system", ...more }: Led) {
    const { spans = "none", selector = { app: "other" } } = more;
    return diagnosisOf((patient) => {
        patient.spans = spans;
        collectorFile(patient, CONFIG(backend));
        const service: ServiceObject = {
            metadata: { name: "jaeger-query", namespace },
            spec: { selector, ports: [{ name: "http-query", port: 16686 }] },
        };
        patient.services.push(service);
        patient.evidence.query = {
            ...{ where: `Service ${namespace}/jaeger-query:16686`, service, pods: to(patient), problem: undefined },
            ...{ client: new JaegerClient("http://jaeger"), basePath: "", blind: undefined, services: [] },
        };
    });
}

const NO_JAEGER = pod("istio-system", "other", "10.0.0.20", false);
const OTHER: PodObject = {
    ...NO_JAEGER,
    spec: { containers: [{ name: "other", image: "docker.io/jaegertracing/jaeger:2.13.0" }] },
};

describe("a query Service that leads to another Jaeger than the one that stores the spans", () => {
    it("is named with both, and made to select the one that stores", () => {
        for (const backend of ["{ memory: { max_traces: 9000 } }", "{ badger: { directories: { keys: /k } } }"]) {
            const diagnosis = led({ to: () => [OTHER], backend });
            assert.equal(diagnosis.brokenAt, "query");
            assert.deepEqual(foundIn(diagnosis), ["query: query-other-jaeger"]);
            const { resource, expected, got, commands } = findingOf(diagnosis, "query-other-jaeger");
            assert.equal(resource, "Service istio-system/jaeger-query");
            assert.match(expected, /istio-system\/jaeger-7f9-abc$/);
            assert.match(
                got,
                /^the selector app=other, which leads to istio-system\/other-7f9-abc: spans are stored in one Jaeger \((memory|badger)\) and searched in another$/,
            );
            assert.deepEqual(commands, [
                `kubectl patch service jaeger-query -n istio-system --type=json -p '[{"op":"replace","path":"/spec/selector","value":{"app":"jaeger"}}]'`,
            ]);
        }
    });

    it("is left as it is in another namespace, where it cannot select the right pods", () => {
        const far = pod("observability", "jaeger", "10.0.0.21", false);
        const diagnosis = led({ to: () => [far], namespace: "observability", selector: { app: "jaeger" } });
        const { cure, commands } = findingOf(diagnosis, "query-other-jaeger");
        assert.match(cure, /^It is in another namespace, .* Create a Service for the query API in istio-system/);
        assert.equal(commands.length, 1);
        assert.match(commands[0] ?? "", /kind: Service.*name: jaeger-query\n {2}namespace: istio-system/s);
    });

    it("is a fault of its own where it leads to both, also where the probes were found", () => {
        for (const spans of ["all", "none"] as const) {
            const diagnosis = led({ to: ({ jaegers }) => [...jaegers, OTHER], spans, selector: { tier: "traces" } });
            assert.equal(diagnosis.healthy, false);
            assert.match(
                findingOf(diagnosis, "query-other-jaeger").got,
                /which leads also to istio-system\/other-7f9-abc: .* searched in either$/,
            );
        }
    });

    it("is none where the storage may be shared, where it leads to the right pods, or where the probes were found", () => {
        const ids = (diagnosis: ReturnType<typeof led>): string[] => diagnosis.findings.map(({ id }) => id);
        const shared = led({ to: () => [OTHER], backend: "{ elasticsearch: { server_urls: [http://es:9200] } }" });
        assert.deepEqual(foundIn(shared), ["storage: trace-not-found"]);
        assert.ok(!ids(led({ to: ({ jaegers }) => jaegers, spans: "all" })).includes("query-other-jaeger"));
        assert.ok(!ids(led({ to: () => [OTHER], spans: "all" })).includes("query-other-jaeger"));
        const beside = led({ to: ({ jaegers }) => [...jaegers, NO_JAEGER], spans: "all" });
        assert.ok(!ids(beside).includes("query-other-jaeger"), "a pod that is no Jaeger");
    });
});

describe("a collector that forwards spans to other pods than the query Service leads to", () => {
    it("is told with the exporter and both pods, since they may share a storage", () => {
        const endpoints = [
            "store.istio-system:4317",
            "http://store.istio-system.svc.cluster.local:4318/v1/traces",
            "store:4317",
        ];
        for (const endpoint of endpoints) {
            const diagnosis = diagnosisOf((patient) => {
                patient.spans = "none";
                const store = pod("istio-system", "store", "10.0.0.30", false);
                patient.jaegers = [...patient.jaegers, store];
                const service = (name: string, app: string): ServiceObject => ({
                    metadata: { name, namespace: "istio-system" },
                    spec: { selector: { app }, ports: [{ port: 16686 }] },
                });
                patient.services.push(service("store", "store"));
                collectorFile(
                    patient,
                    `receivers: { otlp: { protocols: { grpc: { endpoint: ":4317" } } } }\nexporters: { otlp: { endpoint: "${endpoint}" } }\n` +
                        "service: { pipelines: { traces: { receivers: [otlp], exporters: [otlp] } } }\n",
                );
                patient.evidence.query = {
                    ...{ where: "Service istio-system/jaeger-query:16686", service: service("jaeger-query", "other") },
                    ...{ pods: [OTHER], client: new JaegerClient("http://jaeger"), basePath: "", services: [] },
                    ...{ blind: undefined, problem: undefined },
                };
            });
            const { resource, got, cure } = findingOf(diagnosis, "trace-not-found");
            assert.equal(resource, "Service istio-system/jaeger-query");
            assert.match(
                got,
                /exporters\.otlp\.endpoint of ConfigMap .* behind which istio-system\/store-7f9-abc is, but the query Service routes to istio-system\/other-7f9-abc$/,
            );
            assert.match(cure, /^Unless these pods share a storage/);
        }
    });
});
