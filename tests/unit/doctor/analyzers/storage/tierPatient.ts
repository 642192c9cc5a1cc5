import assert from "node:assert/strict";
import type { TierCounts, TierEvidence } from "../../../../../doctor/evidence/tiers";
import type { CollectorFile } from "../../../../../doctor/inventory/collectorPipelines";
import type { DoctorFinding } from "../../../../../doctor/segments";
import { diagnosisOf, findingOf, foundIn, pod, stateOf } from "../../patient";
import type { Patient } from "../../patientModel";

export const SYSTEM = "istio-system";

/** A Collector's configuration in a ConfigMap. */
export function file(name: string, parts: object): CollectorFile {
    const text = JSON.stringify({ receivers: { otlp: {} }, ...parts });
    const configMap = { metadata: { name, namespace: SYSTEM }, data: { "config.yaml": text } };
    return { configMap, key: "config.yaml", config: { receivers: { otlp: {} }, ...parts } };
}

/** A load_balancing exporter that calls samplers without TLS. */
export const PLAIN = { otlp: { tls: { insecure: true } } };

export const ROUTER = file("router", {
    exporters: { load_balancing: { protocol: PLAIN, resolver: { k8s: { service: `tracing-sampler.${SYSTEM}` } } } },
    service: { pipelines: { traces: { receivers: ["otlp"], exporters: ["load_balancing"] } } },
});
export const SAMPLER = file("sampler", {
    processors: {
        memory_limiter: {},
        tail_sampling: { decision_wait: "10s", policies: [{ name: "slow", type: "latency" }] },
    },
    exporters: { "otlp_grpc/jaeger": { endpoint: `jaeger-collector.${SYSTEM}.svc:4317` } },
    service: {
        pipelines: {
            traces: {
                receivers: ["otlp"],
                processors: ["memory_limiter", "tail_sampling"],
                exporters: ["otlp_grpc/jaeger"],
            },
        },
    },
});

/** A tier with one pod, and how its counts grew. */
export function tier(name: string, files: CollectorFile[], after: TierCounts, ready = true): TierEvidence {
    const service = { metadata: { name, namespace: SYSTEM }, spec: { selector: { app: name } } };
    const pods = ready ? [pod(SYSTEM, name, "10.0.0.20", false)] : [];
    return { service, pods, files, before: {}, after };
}

/** Puts tiers and their Services into a mesh. */
export function place(patient: Patient, tiers: TierEvidence[]): void {
    patient.services.push(...tiers.flatMap(({ service }) => service ?? []));
    patient.evidence.tiers = tiers;
}

/** What is said of two tiers with these counts; `arrives` false if no probe reaches Jaeger. */
export function judged(
    router: TierCounts,
    sampler: TierCounts,
    arrives = false,
    ready = true,
): DoctorFinding | undefined {
    const diagnosis = diagnosisOf((patient) => {
        if (!arrives) patient.spans = "none";
        const next = tier("tracing-sampler", [SAMPLER], sampler, ready);
        place(patient, [tier("tracing-collector", [ROUTER], router), next]);
    });
    if (arrives) assert.equal(stateOf(diagnosis, "storage"), "ok");
    const [first] = foundIn(diagnosis).filter((one) => one.startsWith("storage: "));
    return first === undefined ? undefined : findingOf(diagnosis, first.slice("storage: ".length));
}
