import { collectorFile, HOST, objectOf, pod, put } from "../patient";
import { ADDRESS, port, silent, LIMITED, MEMORY, QUERY, UNANSWERED, type Scenario } from "./scenarioParts";

/** Faults of sidecars, of the way to the target, of storage and of the query. */
export const OTHER_SCENARIOS: Scenario[] = [
    {
        id: "collector-port-http",
        harm: (patient) => {
            silent(patient, { "10.0.0.9:4318": UNANSWERED });
            const http = { path: "/v1/traces", timeout: "3s" };
            patient.provider["opentelemetry"] = { service: HOST, port: 4318, http };
            port(patient, { appProtocol: "kubernetes.io/h2c" }, 1);
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
        id: "dropped-by-tail-sampling",
        harm: (patient) => {
            patient.spans = "none";
            const config = {
                receivers: { otlp: {} },
                processors: { tail_sampling: { policies: [{ name: "slow", type: "latency" }] } },
                service: { pipelines: { traces: { receivers: ["otlp"], processors: ["tail_sampling"] } } },
            };
            const metadata = { name: "sampler", namespace: "istio-system" };
            const configMap = { metadata, data: { "config.yaml": JSON.stringify(config) } };
            const pods = [pod("istio-system", "sampler", "10.0.0.20", false)];
            const files = [{ configMap, key: "config.yaml", config }];
            const service = { metadata: { name: "sampler", namespace: "istio-system" } };
            patient.evidence.tiers = [{ service, pods, files, before: {}, after: { notKept: 3 } }];
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
        id: "sidecar-bypassed",
        harm: (patient) => {
            Object.assign(patient, { spans: "none", taken: 0 });
            patient.backend.metadata.annotations = {
                ...patient.backend.metadata.annotations,
                "traffic.sidecar.istio.io/excludeInboundPorts": "8080",
            };
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
        id: "request-failed",
        what: "by a policy of a team",
        harm: (patient) => {
            patient.status = 403;
            const spec = { action: "DENY", rules: [{}] };
            put(patient.discovery, "authorizationPolicies", objectOf("demo", "nobody", spec));
        },
    },
    {
        id: "istiod-not-ready",
        harm: (patient) => {
            const metadata = { name: "istiod", namespace: "istio-system", labels: { app: "istiod" } };
            put(patient.discovery, "istiods", { metadata, spec: { replicas: 0 }, status: {} });
        },
    },
    {
        id: "collector-refuses",
        harm: (patient) => {
            patient.counts["istio-system/jaeger-7f9-abc"] = {
                ...{ accepted: 0, refused: 18, stored: 0, storeFailed: 0, queued: 0 },
            };
            patient.spans = "none";
            collectorFile(patient, LIMITED);
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
        id: "traces-evicted",
        harm: (patient) => {
            collectorFile(patient, MEMORY.replace("memory: {}", "memory: { max_traces: 10 }"));
            patient.evidence.evicted = true;
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
        id: "rollout-paused",
        harm: (patient) => {
            const metadata = { name: "jaeger", namespace: "istio-system" };
            patient.evidence.workloads = { value: [{ kind: "Deployment", metadata, spec: { paused: true } }] };
        },
    },
    {
        id: "query-other-jaeger",
        harm: (patient) => {
            patient.spans = "none";
            collectorFile(patient, MEMORY);
            const ports = [{ name: "http-query", port: 16686, targetPort: 16686 }];
            const service = {
                metadata: { name: "jaeger-query", namespace: "istio-system" },
                spec: { selector: { app: "other" }, ports },
            };
            const pods = [pod("istio-system", "other", "10.0.0.20", false)];
            Object.assign(patient.evidence, { query: { ...QUERY, service, pods, problem: undefined, client: {} } });
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
];
