import type { EndpointSliceObject, PodObject } from "../../../../shared/kubernetes/objects";
import { summariseRefused, type RefusedListener } from "../../../../doctor/evidence/envoyConfig";
import { pod } from "../patient";
import type { Patient } from "../patientModel";

export const ADDRESS = "10.0.0.9:4317";
export const REFUSED = { rq_total: 0, rq_error: 4, cx_total: 4, cx_connect_fail: 4 };
export const UNANSWERED = { rq_total: 9, rq_success: 0, cx_total: 3 };

/** A fault that the doctor has commands for. */
export interface Scenario {
    id: string;
    /** What is harmed, where one finding has several. */
    what?: string;
    harm: (patient: Patient) => void;
}

export function silent(patient: Patient, exports: Patient["exports"] = { [ADDRESS]: REFUSED }): void {
    Object.assign(patient, { spans: "none", exports });
    patient.counts = {
        "istio-system/jaeger-7f9-abc": { accepted: 0, refused: 0, stored: 0, storeFailed: 0, queued: 0 },
    };
}

export function untraced(patient: Patient): void {
    silent(patient, {});
    patient.hasCluster = false;
    const without = (chain: Patient["outbound"][number]): typeof chain => ({ ...chain, tracing: undefined });
    patient.outbound = patient.outbound.map(without);
    patient.inbound = patient.inbound.map(without);
}

export function named(service: string): (patient: Patient) => void {
    return (patient) => {
        untraced(patient);
        patient.provider["opentelemetry"] = { service, port: 4317 };
    };
}

export function port(patient: Patient, changes: object, index = 0): void {
    Object.assign(patient.collectorService.spec?.ports?.[index] ?? {}, changes);
}

export function spec(patient: Patient, changes: object): void {
    Object.assign(patient.collectorService.spec ?? {}, changes);
}

export function block(patient: Patient, changes: object): void {
    Object.assign(patient.telemetry.spec?.tracing?.[0] ?? {}, changes);
}

export function withSidecar(patient: Patient): void {
    patient.jaegers = [pod("istio-system", "jaeger", "10.0.0.9")];
}

/** The cluster of the collector, in both sidecars, with another TLS. */
export function tls(patient: Patient, to: "istio-mtls" | "none", http2 = true): void {
    patient.evidence.tls = { tls: to, http2 };
}

/** An EndpointSlice of the collector's Service that somebody has made beside the ones of Kubernetes. */
export function handmadeSlice(patient: Patient, addresses: string[], labels: Record<string, string> = {}): void {
    const slices = patient.discovery.endpointSlices as { value: EndpointSliceObject[] };
    slices.value.push({
        metadata: {
            name: "by-hand",
            namespace: "istio-system",
            labels: { "kubernetes.io/service-name": "jaeger-collector", ...labels },
        },
        ports: [{ name: "grpc-otlp", port: 4317 }],
        endpoints: addresses.map((address) => ({ addresses: [address] })),
    });
}

export const LOCAL =
    "receivers: { otlp: { protocols: { grpc: {} } } }\nservice: { pipelines: { traces: { receivers: [otlp] } } }\n";
export const MEMORY = `extensions: { jaeger_storage: { backends: { a: { memory: {} } } } }\n${LOCAL}`;
/** A collector that refuses spans as soon as it has started. */
export const LIMITED =
    "receivers: { otlp: { protocols: { grpc: {} } } }\nprocessors: { memory_limiter: { check_interval: 1s, limit_mib: 6 } }\n" +
    "service: { pipelines: { traces: { receivers: [otlp], processors: [memory_limiter] } } }\n";

export const TRACING = {
    ...{ randomSampling: 100, overallSampling: 100, serviceName: "frontend.demo" },
    ...{ tracer: "OpenTelemetryConfig", httpPath: undefined },
};
export const QUERY = {
    where: "jaeger",
    service: undefined,
    pods: [],
    basePath: undefined,
    blind: undefined,
    services: [],
};

export function live(patient: Patient, percent: number): void {
    const change = (chain: Patient["outbound"][number]): typeof chain => ({
        ...chain,
        tracing: chain.tracing && { ...chain.tracing, randomSampling: percent },
    });
    patient.outbound = patient.outbound.map(change);
    patient.inbound = patient.inbound.map(change);
}

/** A listener that Envoy rejects, with its message. */
export function refusalOf(details: string): RefusedListener {
    const dump = { configs: [{ name: "0.0.0.0_80", error_state: { details } }] };
    const [refused] = summariseRefused(dump);
    if (refused === undefined) throw new Error("Envoy rejects nothing there");
    return refused;
}

/** A proxy configuration that a pod's sidecar started with, from its annotation unless the mesh has it. */
export function startedWith({ spec: of, metadata }: PodObject, config: object, annotated = true): void {
    for (const { env = [] } of of?.initContainers ?? []) Object.assign(env[0] ?? {}, { value: JSON.stringify(config) });
    if (annotated) metadata.annotations = { ...metadata.annotations, "proxy.istio.io/config": JSON.stringify(config) };
}
