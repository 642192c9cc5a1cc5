import { relatedObjects, autoscaler } from "../relatedObjects";
import { HOST, pod, put } from "../patient";
import { UNANSWERED, silent, named, port, spec, handmadeSlice, TRACING, type Scenario } from "./scenarioParts";

/** Faults of the Service and the pods of the collector. */
export const ENDPOINT_SCENARIOS: Scenario[] = [
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
        id: "collector-endpoints-ready",
        what: "scaled to nothing by KEDA",
        harm: (patient) => {
            silent(patient, {});
            patient.jaegers = [];
            put(patient.discovery, "endpointSlices");
            const template = { metadata: { labels: { app: "jaeger" } } };
            const metadata = { name: "jaeger", namespace: "istio-system" };
            const workload = { kind: "Deployment" as const, metadata, spec: { replicas: 0, template } };
            patient.evidence.workloads = { value: [workload] };
            patient.evidence.relatedObjects = relatedObjects({
                autoscalers: [autoscaler({ minReplicas: 1 }, "jaeger")],
            });
        },
    },
    {
        id: "pods-not-started",
        harm: (patient) => {
            silent(patient, {});
            put(patient.discovery, "endpointSlices");
            const [jaeger] = patient.jaegers;
            const ended = { terminated: { reason: "OOMKilled", exitCode: 137 } };
            const waiting = { waiting: { reason: "CrashLoopBackOff" } };
            const containerStatuses = [{ name: "jaeger", restartCount: 4, state: waiting, lastState: ended }];
            if (jaeger !== undefined) jaeger.status = { phase: "Running", containerStatuses };
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
        id: "collector-target-port",
        harm: (patient) => {
            silent(patient);
            port(patient, { targetPort: 14317 });
        },
    },
    {
        id: "collector-endpoint-dead",
        harm: (patient) => {
            patient.exports = { ...patient.exports, "10.9.9.9:4317": UNANSWERED };
            handmadeSlice(patient, ["10.9.9.9"]);
        },
    },
    {
        id: "collector-service-exists",
        harm: named("jaeger-colector.istio-system.svc.cluster.local"),
    },
];
