import type { Span } from "../../../../shared/jaeger/client";
import { collectorFile, HOST, objectOf, pod, put, type Patient } from "../patient";

const ADDRESS = "10.0.0.9:4317";
const REFUSED = { rq_total: 0, rq_error: 4, cx_total: 4, cx_connect_fail: 4 };
const UNANSWERED = { rq_total: 9, rq_success: 0, cx_total: 3 };

/** A fault that the doctor has commands for. */
export interface Scenario {
    id: string;
    /** What is harmed, where one finding has several. */
    what?: string;
    harm: (patient: Patient) => void;
}

function silent(patient: Patient, exports: Patient["exports"] = { [ADDRESS]: REFUSED }): void {
    Object.assign(patient, { spans: "none", exports });
    patient.counts = {
        "istio-system/jaeger-7f9-abc": { accepted: 0, refused: 0, stored: 0, storeFailed: 0, queued: 0 },
    };
}

function untraced(patient: Patient): void {
    silent(patient, {});
    patient.hasCluster = false;
    const without = (chain: Patient["outbound"][number]): typeof chain => ({ ...chain, tracing: undefined });
    patient.outbound = patient.outbound.map(without);
    patient.inbound = patient.inbound.map(without);
}

function named(service: string): (patient: Patient) => void {
    return (patient) => {
        untraced(patient);
        patient.provider["opentelemetry"] = { service, port: 4317 };
    };
}

function port(patient: Patient, changes: object, index = 0): void {
    Object.assign(patient.collectorService.spec?.ports?.[index] ?? {}, changes);
}

function spec(patient: Patient, changes: object): void {
    Object.assign(patient.collectorService.spec ?? {}, changes);
}

function block(patient: Patient, changes: object): void {
    Object.assign(patient.telemetry.spec?.tracing?.[0] ?? {}, changes);
}

function withSidecar(patient: Patient): void {
    patient.jaegers = [pod("istio-system", "jaeger", "10.0.0.9")];
}

/** The cluster of the collector, in both sidecars, with another TLS. */
function tls(patient: Patient, to: "istio-mtls" | "none", http2 = true): void {
    patient.evidence.tls = { tls: to, http2 };
}

const LOCAL =
    "receivers: { otlp: { protocols: { grpc: {} } } }\nservice: { pipelines: { traces: { receivers: [otlp] } } }\n";
const MEMORY = `extensions: { jaeger_storage: { backends: { a: { memory: {} } } } }\n${LOCAL}`;

/** Every fault for which the doctor has commands. */
export const SCENARIOS: Scenario[] = [
    {
        id: "collector-port-protocol",
        harm: (patient) => {
            silent(patient, { "10.0.0.9:4318": UNANSWERED });
            patient.provider["opentelemetry"] = { service: HOST, port: 4318 };
            port(patient, { name: "otlp", appProtocol: undefined });
        },
    },
    {
        id: "collector-port-grpc",
        harm: (patient) => {
            silent(patient, { [ADDRESS]: UNANSWERED });
            port(patient, { name: "otlp", appProtocol: undefined });
        },
    },
    {
        id: "collector-port-exists",
        harm: (patient) => {
            silent(patient);
            patient.hasCluster = false;
            patient.provider["opentelemetry"] = { service: HOST, port: 4999 };
        },
    },
    {
        id: "collector-endpoints-ready",
        what: "a workload without a pod",
        harm: (patient) => {
            silent(patient, {});
            patient.jaegers = [];
            put(patient.discovery, "endpointSlices");
            const template = { metadata: { labels: { app: "jaeger" } } };
            const workload = {
                kind: "Deployment" as const,
                metadata: { name: "jaeger" },
                spec: { replicas: 0, template },
            };
            patient.evidence.workloads = { value: [workload] };
        },
    },
    {
        id: "collector-endpoints-ready",
        what: "a selector that fits nothing",
        harm: (patient) => {
            silent(patient, {});
            spec(patient, { selector: { app: "jager" } });
            put(patient.discovery, "endpointSlices");
            const ports = [{ name: "grpc-otlp", containerPort: 4317 }];
            const template = {
                metadata: { labels: { app: "jaeger" } },
                spec: { containers: [{ name: "jaeger", ports }] },
            };
            const selector = { matchLabels: { app: "jaeger" } };
            const workload = {
                kind: "Deployment" as const,
                metadata: { name: "jaeger" },
                spec: { selector, template },
            };
            patient.evidence.workloads = { value: [workload] };
        },
    },
    {
        id: "collector-headless",
        harm: (patient) => {
            silent(patient, {});
            spec(patient, { clusterIP: "None" });
        },
    },
    {
        id: "collector-external-name",
        harm: (patient) => {
            named("alias.demo.svc.cluster.local")(patient);
            for (const chains of [patient.outbound, patient.inbound])
                for (const chain of chains)
                    chain.tracing = { ...TRACING, cluster: "outbound|4317||alias.demo.svc.cluster.local" };
            patient.services.push({
                metadata: { name: "alias", namespace: "demo" },
                spec: { type: "ExternalName", externalName: HOST },
            });
        },
    },
    {
        id: "collector-pod-foreign",
        harm: (patient) => {
            const other = pod("istio-system", "jaeger", "10.0.0.10", false);
            other.metadata = { name: "operator", namespace: "istio-system", labels: { app: "jaeger" } };
            for (const { metadata } of patient.jaegers) metadata.labels = { ...metadata.labels, role: "collector" };
            patient.jaegers = [...patient.jaegers, other];
            patient.exports = { ...patient.exports, "10.0.0.10:4317": UNANSWERED };
        },
    },
    {
        id: "collector-receiver-local",
        harm: (patient) => {
            silent(patient);
            collectorFile(patient, LOCAL);
        },
    },
    {
        id: "collector-target-port",
        harm: (patient) => {
            silent(patient);
            port(patient, { targetPort: 14317 });
        },
    },
    {
        id: "collector-mtls",
        what: "by a rule for all hosts",
        harm: (patient) => {
            silent(patient);
            tls(patient, "istio-mtls");
            const rule = objectOf("istio-system", "mtls", {
                host: "*.local",
                trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } },
            });
            put(patient.discovery, "destinationRules", rule);
        },
    },
    {
        id: "collector-mtls",
        what: "by a rule of a team for the very host",
        harm: (patient) => {
            silent(patient);
            tls(patient, "istio-mtls");
            const rule = objectOf("demo", "mtls", { host: HOST, trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } } });
            put(patient.discovery, "destinationRules", rule);
        },
    },
    {
        id: "collector-authorization",
        harm: (patient) => {
            silent(patient, { [ADDRESS]: { rq_total: 9, rq_success: 9 } });
            withSidecar(patient);
            tls(patient, "istio-mtls");
            put(
                patient.discovery,
                "authorizationPolicies",
                objectOf("istio-system", "jaeger-collector-spans", { rules: [] }),
            );
        },
    },
    {
        id: "collector-not-visible",
        what: "by a Sidecar resource of a team",
        harm: (patient) => {
            silent(patient, {});
            patient.hasCluster = false;
            put(patient.discovery, "sidecars", objectOf("demo", "narrow", { egress: [{ hosts: ["./*"] }] }));
        },
    },
    {
        id: "collector-not-visible",
        what: "by an annotation of its Service",
        harm: (patient) => {
            silent(patient, {});
            patient.hasCluster = false;
            patient.collectorService.metadata.annotations = { "networking.istio.io/exportTo": "." };
        },
    },
    {
        id: "provider-host-unknown",
        what: "by a short name",
        harm: (patient) => {
            named("jaeger-collector")(patient);
            port(patient, { name: "otlp", appProtocol: undefined });
        },
    },
    {
        id: "provider-host-unknown",
        what: "by an address, beside a ServiceEntry of the same name",
        harm: (patient) => {
            named("192.0.2.7")(patient);
            put(
                patient.discovery,
                "serviceEntries",
                objectOf("istio-system", "outside-collector", { hosts: ["other.example"] }),
            );
        },
    },
    {
        id: "provider-host-unknown",
        what: "by a ServiceEntry of a team for the same host",
        harm: (patient) => {
            untraced(patient);
            put(patient.discovery, "serviceEntries", objectOf("demo", "double", { hosts: [HOST] }));
        },
    },
    {
        id: "provider-host-unknown",
        what: "by discoverySelectors",
        harm: (patient) => {
            untraced(patient);
            Object.assign(patient.mesh.config, { discoverySelectors: [{ matchLabels: { mesh: "yes" } }] });
            put(patient.discovery, "namespaces", { metadata: { name: "istio-system", labels: {} } });
        },
    },
    {
        id: "telemetry-in-root-namespace",
        what: "without any",
        harm: (patient) => {
            untraced(patient);
            put(patient.discovery, "telemetries");
        },
    },
    {
        id: "telemetry-in-root-namespace",
        what: "with one of a single side without a provider",
        harm: (patient) => {
            untraced(patient);
            block(patient, { match: { mode: "CLIENT" }, providers: undefined, randomSamplingPercentage: undefined });
        },
    },
    {
        id: "telemetry-one-side",
        harm: (patient) => {
            block(patient, { match: { mode: "CLIENT" } });
            patient.spans = "none";
            patient.inbound = patient.inbound.map((chain) => ({ ...chain, tracing: undefined }));
        },
    },
    {
        id: "telemetry-provider-exists",
        harm: (patient) => {
            untraced(patient);
            block(patient, { providers: [{ name: "jager" }] });
        },
    },
    {
        id: "reporting-disabled",
        harm: (patient) => {
            untraced(patient);
            block(patient, { disableSpanReporting: true });
        },
    },
    {
        id: "otlp-http-complete",
        harm: (patient) => {
            silent(patient, { "10.0.0.9:4318": { rq_total: 9, rq_success: 9 } });
            patient.stats.after = { [`cluster.outbound|4318||${HOST};.upstream_rq_4xx`]: 9 };
            patient.provider["opentelemetry"] = { service: HOST, port: 4318, http: { timeout: "3s" } };
        },
    },
    {
        id: "service-port-protocol",
        harm: (patient) => {
            silent(patient, {});
            patient.exports = { [ADDRESS]: { rq_total: 0 } };
            patient.outbound = patient.outbound.map((chain) => ({ ...chain, kind: "tcp", tracing: undefined }));
        },
    },
    {
        id: "target-not-visible",
        harm: (patient) => {
            silent(patient, { [ADDRESS]: { rq_total: 0 } });
            patient.outbound = [];
            put(
                patient.discovery,
                "sidecars",
                objectOf("demo", "narrow", { egress: [{ port: { number: 9080 }, hosts: ["*/*"] }] }),
            );
        },
    },
    {
        id: "sidecar-missing",
        what: "by its own label",
        harm: (patient) => {
            if (patient.backend.spec !== undefined) patient.backend.spec.initContainers = [];
            patient.backend.metadata.labels = {
                ...patient.backend.metadata.labels,
                "sidecar.istio.io/inject": "false",
            };
            patient.spans = "none";
        },
    },
    {
        id: "sidecar-missing",
        what: "by its namespace",
        harm: (patient) => {
            if (patient.backend.spec !== undefined) patient.backend.spec.initContainers = [];
            put(patient.discovery, "namespaces", { metadata: { name: "demo", labels: {} } });
            patient.spans = "none";
        },
    },
    {
        id: "sidecar-outdated",
        harm: (patient) => {
            Object.assign(patient.mesh.config, {
                defaultConfig: { proxyStatsMatcher: { inclusionPrefixes: ["tracing."] } },
            });
        },
    },
    {
        id: "sampling-default",
        harm: (patient) => {
            block(patient, { randomSamplingPercentage: undefined });
            live(patient, 1);
        },
    },
    {
        id: "sampling-out-of-range",
        harm: (patient) => {
            block(patient, { randomSamplingPercentage: undefined });
            patient.mesh.pilotTraceSampling = 150;
            live(patient, 1);
        },
    },
    {
        id: "sampling-not-drawn",
        harm: (patient) => {
            block(patient, { randomSamplingPercentage: 25, useRequestIdForTraceSampling: false });
            live(patient, 25);
        },
    },
    {
        id: "request-id-undrawable",
        harm: (patient) => {
            patient.evidence.requestIds = { others: ["order-1"], shapes: [{ shape: "text", sent: 2, recorded: 0 }] };
        },
    },
    {
        id: "trace-broken",
        harm: (patient) => {
            block(patient, { disableContextPropagation: true });
            patient.evidence.orphaned = true;
        },
    },
    {
        id: "storage-split",
        harm: (patient) => {
            const other = pod("istio-system", "jaeger", "10.0.0.10", false);
            patient.jaegers = [
                ...patient.jaegers,
                { ...other, metadata: { ...other.metadata, name: "jaeger-7f9-def" } },
            ];
            collectorFile(patient, MEMORY);
        },
    },
    {
        id: "query-service-missing",
        harm: (patient) => {
            patient.spans = "none";
            Object.assign(patient.evidence, { query: { ...QUERY, problem: "no Service has the port", client: {} } });
            patient.services.push({
                metadata: { name: "jaeger-query", namespace: "istio-system" },
                spec: { ports: [] },
            });
        },
    },
    {
        id: "query-unreachable",
        harm: (patient) => {
            patient.spans = "none";
            const ports = [{ name: "http-query", port: 16686, targetPort: 1 }];
            const service = {
                metadata: { name: "jaeger-query", namespace: "istio-system" },
                spec: { selector: { app: "jaeger" }, ports },
            };
            Object.assign(patient.evidence, {
                query: { ...QUERY, service, pods: patient.jaegers, problem: "refused", client: {} },
            });
        },
    },
    {
        id: "access-log-trace-id",
        harm: (patient) => {
            Object.assign(patient.mesh.config, {
                accessLogFile: "/dev/stdout",
                accessLogFormat: "%REQ(X-B3-TRACEID)%",
            });
        },
    },
    {
        id: "sampling-placed",
        harm: (patient) => {
            Object.assign(patient.mesh.config, { defaultConfig: { sampling: 50 } });
        },
    },
];

const TRACING = {
    ...{ randomSampling: 100, overallSampling: 100, serviceName: "frontend.demo" },
    ...{ tracer: "OpenTelemetryConfig", httpPath: undefined },
};
const QUERY = { where: "jaeger", service: undefined, pods: [], basePath: undefined, blind: undefined, services: [] };

function live(patient: Patient, percent: number): void {
    const change = (chain: Patient["outbound"][number]): typeof chain => ({
        ...chain,
        tracing: chain.tracing && { ...chain.tracing, randomSampling: percent },
    });
    patient.outbound = patient.outbound.map(change);
    patient.inbound = patient.inbound.map(change);
}

/** A span whose parent nobody reports. */
export function orphan(span: Span): Span {
    return { ...span, spanId: "x", parentSpanId: "nobody" };
}
