import { diagnose, type Diagnosis } from "../../../doctor/diagnose";
import { findCollector, samplingOfPod } from "../../../doctor/inventory/collector";
import type { Evidence } from "../../../doctor/evidence";
import type { CollectorCounts } from "../../../doctor/evidence/collectorMetrics";
import type { ListenerSummary } from "../../../doctor/evidence/envoyConfig";
import type { Mesh } from "../../../doctor/inventory/mesh";
import type { DoctorFinding, SegmentName } from "../../../doctor/segments";
import type { Discovery } from "../../../doctor/inventory/objects";
import type { ConfigMapObject, PodObject, ServiceObject, SpecObject } from "../../../shared/kubernetes/objects";
import type { TelemetryObject } from "../../../checks/mesh/objects";
import { JaegerClient } from "../../../shared/jaeger/client";
import type { Patient } from "./patientModel";
import { probe, sidecar } from "./patientParts";

export const HOST = "jaeger-collector.istio-system.svc.cluster.local";
export const BACKEND = "outbound|80||backend.demo.svc.cluster.local";
const SYSTEM = "istio-system";

const REST: CollectorCounts = { accepted: 0, refused: 0, stored: 0, storeFailed: 0, queued: 0 };

/** A pod that runs; `injected` for one with a sidecar. */
export function pod(namespace: string, app: string, podIP: string, injected = true): PodObject {
    const status: Record<string, string> = injected ? { "sidecar.istio.io/status": '{"revision":"default"}' } : {};
    return {
        metadata: {
            ...{ name: `${app}-7f9-abc`, namespace, uid: `${namespace}/${app}`, annotations: status },
            labels: { app, "pod-template-hash": "7f9" },
            ownerReferences: [{ kind: "ReplicaSet", name: `${app}-7f9` }],
        },
        spec: {
            containers: [
                { name: app, ports: app === "jaeger" ? JAEGER_PORTS : [{ name: "http", containerPort: 8080 }] },
            ],
            initContainers: injected ? [{ name: "istio-proxy", env: [{ name: "PROXY_CONFIG", value: "{}" }] }] : [],
        },
        status: { phase: "Running", podIP, conditions: [{ type: "Ready", status: "True" }] },
    };
}

const JAEGER_PORTS = [
    { name: "grpc-otlp", containerPort: 4317 },
    { name: "http-otlp", containerPort: 4318 },
    { name: "http-zipkin", containerPort: 9411 },
];

function healthy(): Patient {
    const provider = { name: "jaeger", opentelemetry: { service: HOST, port: 4317 } };
    const frontend = pod("demo", "frontend", "10.0.0.1");
    const backend = pod("demo", "backend", "10.0.0.2");
    const jaeger = pod(SYSTEM, "jaeger", "10.0.0.9", false);
    const collectorService: ServiceObject = {
        metadata: { name: "jaeger-collector", namespace: SYSTEM },
        spec: {
            clusterIP: "10.96.0.9",
            selector: { app: "jaeger" },
            ports: [
                { name: "grpc-otlp", appProtocol: "grpc", port: 4317, targetPort: "grpc-otlp" },
                { name: "http-otlp", appProtocol: "http", port: 4318, targetPort: "http-otlp" },
                { name: "http-zipkin", appProtocol: "http", port: 9411, targetPort: "http-zipkin" },
            ],
        },
    };
    const service = (name: string, ports: NonNullable<ServiceObject["spec"]>["ports"]): ServiceObject => ({
        metadata: { name, namespace: "demo" },
        spec: { selector: { app: name }, ports },
    });
    const services = [collectorService, service("backend", [{ name: "http", port: 80, targetPort: "http" }])];
    const telemetry: TelemetryObject = {
        metadata: { name: "mesh-default", namespace: SYSTEM },
        spec: { tracing: [{ providers: [{ name: "jaeger" }], randomSamplingPercentage: 100 }] },
    };
    const mesh = {
        ...{ revision: "default", version: "1.31.1", installer: "Helm", namespace: SYSTEM, rootNamespace: SYSTEM },
        ...{ clusterDomain: "cluster.local", configMap: { namespace: SYSTEM, name: "istio" }, resourceVersion: "41" },
        config: { extensionProviders: [provider], defaultConfig: {} },
        pilotTraceSampling: 1,
    } as unknown as Mesh;
    const none = { value: [] };
    const kinds = [
        ...["istiods", "meshConfigMaps", "injectors", "serviceEntries", "destinationRules", "virtualServices"],
        ...["sidecars", "envoyFilters", "authorizationPolicies", "peerAuthentications", "injectionWebhooks"],
    ];
    const slice = {
        metadata: {
            name: "jaeger-collector-x",
            namespace: SYSTEM,
            labels: { "kubernetes.io/service-name": "jaeger-collector" },
        },
        ports: collectorService.spec?.ports?.map(({ name, port }) => ({ name, port })),
        endpoints: [{ addresses: ["10.0.0.9"], conditions: { ready: true } }],
    };
    const discovery = {
        ...Object.fromEntries(kinds.map((kind) => [kind, none])),
        namespaces: { value: [{ metadata: { name: "demo", labels: { "istio-injection": "enabled" } } }] },
        pods: { value: [frontend, backend, jaeger] },
        services: { value: services },
        endpointSlices: { value: [slice] },
        telemetries: { value: [telemetry] },
    } as unknown as Discovery;
    const tracing = {
        ...{ cluster: `outbound|4317||${HOST}`, randomSampling: 100, overallSampling: 100 },
        ...{ serviceName: "frontend.demo", tracer: "OpenTelemetryConfig", httpPath: undefined },
    };
    const chain = (direction: ListenerSummary["direction"], port: number): ListenerSummary => ({
        ...{ listener: `0.0.0.0_${String(port)}`, direction, port, kind: "http", tracing, updatedMicros: undefined },
    });
    return {
        ...{ collectorService, services, jaegers: [jaeger], frontend, backend, provider, telemetry, mesh, discovery },
        exports: {
            "10.0.0.9:4317": { rq_total: 9, rq_success: 9, rq_error: 0, rq_active: 0, cx_total: 1, cx_connect_fail: 0 },
        },
        ...{
            stats: { before: {}, after: {} },
            hasCluster: true,
            rejected: [],
            runtime: undefined,
            spans: "all",
            status: 200,
        },
        ...{ outbound: [chain("OUTBOUND", 80)], inbound: [chain("INBOUND", 8080)] },
        ...{
            sent: { [BACKEND]: 3 },
            taken: 3,
            counts: { "istio-system/jaeger-7f9-abc": { ...REST, accepted: 18, stored: 18 } },
        },
        evidence: {},
    };
}

/** The evidence of that mesh, with a fault. */
export function evidenceOf(harm: (patient: Patient) => void = () => undefined): Evidence {
    const patient = healthy();
    harm(patient);
    const { mesh, discovery, frontend, backend, spans, status, counts } = patient;
    (discovery.pods as { value: PodObject[] }).value = [frontend, backend, ...patient.jaegers];
    const source = samplingOfPod(frontend, mesh, discovery);
    const collector = findCollector(source.client.provider ?? source.server.provider, mesh, discovery);
    const service = patient.services.find(({ metadata }) => metadata.name === "backend");
    const statuses = typeof status === "number" ? [status, status, status] : status;
    const arrives = (answer: number): boolean => spans === "all" && (typeof status === "number" || answer < 500);
    const probes = statuses.map((answer, index) => probe(index + 1, answer, arrives(answer)));
    const lost = patient.evidence.missing;
    for (const { trace } of probes)
        if (trace !== undefined) trace.spans = trace.spans.filter(({ service: of }) => of !== `${lost ?? ""}.demo`);
    const reading = (read: (counted: CollectorCounts) => CollectorCounts): Evidence["collectorCounts"]["after"] => ({
        value: Object.entries(counts).map(([name, counted]) => ({
            pod: name,
            counts:
                counted === "refused"
                    ? { failure: { kind: "unexpected", reason: "connection refused" } }
                    : { value: read(counted) },
        })),
    });
    return {
        ...{ discovery, mesh, client: "curl", probes, live: [], collector, endless: [], answers: [], receivers: [] },
        path: { source: frontend, url: "http://backend/", service, port: 80, targets: [backend] },
        source: sidecar(frontend, patient, collector?.cluster ?? "", patient.outbound, { ...patient.sent }),
        targets: [
            sidecar(backend, patient, collector?.cluster ?? "", patient.inbound, { "inbound|8080||": patient.taken }),
        ],
        sampling: { source, target: samplingOfPod(backend, mesh, discovery) },
        workloads: { value: [] },
        collectorFiles: { value: [] },
        collectorCounts: { before: reading(() => REST), after: reading((counted) => counted) },
        query: {
            ...{ where: "Service istio-system/jaeger-query:16686", service: undefined, pods: [], problem: undefined },
            ...{
                client: new JaegerClient("http://jaeger"),
                basePath: "",
                blind: undefined,
                services: ["frontend.demo"],
            },
        },
        ...{ burst: undefined, logLines: {}, responseFlags: undefined, requestIds: { others: [], shapes: undefined } },
        logged: { recorded: 0, unrecorded: 0 },
        ...patient.evidence,
    };
}

/** What the doctor says of that mesh, with a fault. */
export function diagnosisOf(harm?: (patient: Patient) => void): Diagnosis {
    return diagnose(evidenceOf(harm));
}

/** The findings of that mesh above information, each as `segment: id`. */
export function foundIn({ findings }: Diagnosis): string[] {
    return findings.filter(({ severity }) => severity !== "info").map(({ segment, id }) => `${segment}: ${id}`);
}

/** The only finding of that id. */
export function findingOf({ findings }: Diagnosis, id: string): DoctorFinding {
    const [found, another] = findings.filter((finding) => finding.id === id);
    if (found === undefined || another !== undefined)
        throw new Error(`${id} among ${findings.map((one) => one.id).join(", ")}`);
    return found;
}

/** What the doctor made of one segment. */
export function stateOf({ segments }: Diagnosis, name: SegmentName): string {
    return segments.find(({ segment }) => segment === name)?.state ?? "";
}

/** An object of a kind of which single fields are read. */
export function objectOf(namespace: string, name: string, spec: Record<string, unknown>): SpecObject {
    return { metadata: { namespace, name }, spec };
}

/** Objects of one kind, in the place of those that there are. */
export function put(discovery: Discovery, kind: keyof Discovery, ...objects: unknown[]): void {
    (discovery as unknown as Record<string, unknown>)[kind] = { value: objects };
}

/** A ConfigMap as a file of the collector's pods. */
export function collectorFile(patient: Patient, text: string): ConfigMapObject {
    for (const { spec } of patient.jaegers)
        if (spec !== undefined) spec.volumes = [{ configMap: { name: "jaeger-conf" } }];
    const file = { metadata: { name: "jaeger-conf", namespace: SYSTEM }, data: { "config.yaml": text } };
    patient.evidence.collectorFiles = { value: [file] };
    return file;
}
