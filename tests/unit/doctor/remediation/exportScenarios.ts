import { relatedObjects } from "../relatedObjects";
import { collectorFile, HOST, objectOf, put } from "../patient";
import { ADDRESS, UNANSWERED, silent, port, withSidecar, tls, LOCAL, type Scenario } from "./scenarioParts";

/** Faults of the way to the collector and of its receiver. */
export const EXPORT_SCENARIOS: Scenario[] = [
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
        id: "collector-network-policy",
        what: "for ingress",
        harm: (patient) => {
            silent(patient);
            const policy = objectOf("istio-system", "allow-spans", { podSelector: {}, policyTypes: ["Ingress"] });
            patient.evidence.relatedObjects = relatedObjects({ networkPolicies: [policy] });
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
        id: "otlp-http-complete",
        harm: (patient) => {
            silent(patient, { "10.0.0.9:4318": { rq_total: 9, rq_success: 9 } });
            patient.stats.after = { [`cluster.outbound|4318||${HOST};.upstream_rq_4xx`]: 9 };
            patient.provider["opentelemetry"] = { service: HOST, port: 4318, http: { timeout: "3s" } };
        },
    },
    {
        id: "collector-cluster-patched",
        what: "by a filter of a team that removes it",
        harm: (patient) => {
            silent(patient, {});
            patient.hasCluster = false;
            const configPatches = [{ applyTo: "CLUSTER", patch: { operation: "REMOVE" } }];
            put(patient.discovery, "envoyFilters", objectOf("demo", "slim", { configPatches }));
        },
    },
    {
        id: "provider-http-unfit",
        harm: (patient) => {
            silent(patient, { "10.0.0.9:4318": UNANSWERED });
            const http = { path: "/v2/traces", timeout: "3s" };
            patient.provider["opentelemetry"] = { service: HOST, port: 4318, http };
            patient.evidence.receivers = [{ pod: "istio-system/jaeger-7f9-abc", port: 4318, taken: "otlp-http" }];
        },
    },
    {
        id: "collector-limited",
        harm: (patient) => {
            const trafficPolicy = { connectionPool: { http: { http2MaxRequests: 1 } } };
            put(patient.discovery, "destinationRules", objectOf("demo", "limits", { host: HOST, trafficPolicy }));
            patient.exports = { [ADDRESS]: { rq_total: 9, rq_success: 6, rq_error: 3, cx_total: 1 } };
        },
    },
    {
        id: "collector-proxy-protocol",
        harm: (patient) => {
            silent(patient, { [ADDRESS]: { rq_total: 9, rq_error: 9, cx_total: 9 } });
            const trafficPolicy = { proxyProtocol: { version: "V2" } };
            put(patient.discovery, "destinationRules", objectOf("demo", "headers", { host: HOST, trafficPolicy }));
        },
    },
    {
        id: "provider-grpc-unfit",
        harm: (patient) => {
            patient.provider["opentelemetry"] = { service: HOST, port: 4317, grpc: { timeout: "1ms" } };
            patient.exports = { [ADDRESS]: { rq_total: 9, rq_success: 6, rq_error: 3, rq_timeout: 3, cx_total: 1 } };
        },
    },
    {
        id: "collector-receiver-port",
        harm: (patient) => {
            silent(patient);
            collectorFile(patient, LOCAL.replace("{} }", '{ endpoint: "0.0.0.0:14317" } }'));
        },
    },
    {
        id: "collector-config-stale",
        harm: (patient) => {
            silent(patient);
            const file = collectorFile(
                patient,
                'receivers: { otlp: { protocols: { grpc: { endpoint: ":4317" } } } }\nservice: { pipelines: { traces: { receivers: [otlp] } } }\n',
            );
            file.metadata.managedFields = [{ time: "2026-01-01T11:00:00Z" }];
            for (const { metadata } of patient.jaegers) metadata.creationTimestamp = "2026-01-01T10:00:00Z";
            patient.evidence.receivers = [{ pod: "istio-system/jaeger-7f9-abc", port: 4317, taken: "closed" }];
        },
    },
    {
        id: "collector-receiver-unused",
        harm: (patient) => {
            silent(patient);
            const traces = "traces: { receivers: [zipkin] }";
            collectorFile(
                patient,
                `receivers: { otlp: { protocols: { grpc: { endpoint: ":4317" } } }, zipkin: {} }\nservice: { pipelines: { ${traces} } }\n`,
            );
        },
    },
    {
        id: "trace-not-found",
        what: "held back by a batch",
        harm: (patient) => {
            patient.spans = "none";
            patient.evidence.waitedMs = 4000;
            const traces = "traces: { receivers: [otlp], processors: [batch], exporters: [x] }";
            const batch = "processors: { batch: { timeout: 300s } }";
            collectorFile(patient, `receivers: { otlp: {} }\n${batch}\nservice: { pipelines: { ${traces} } }\n`);
        },
    },
];
