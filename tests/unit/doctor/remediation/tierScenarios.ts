import type { TierCounts } from "../../../../doctor/evidence/tiers";
import { file, PLAIN, place, SAMPLER, SYSTEM, tier } from "../analyzers/storage/tierPatient";
import { pod } from "../patient";
import type { Patient } from "../patientModel";
import type { Scenario } from "./scenarioParts";

const RESOLVER = { k8s: { service: `tracing-sampler.${SYSTEM}`, ports: [4317] } };

function routers(resolver: object = RESOLVER, protocol: object = PLAIN): ReturnType<typeof file> {
    const pipelines = { traces: { receivers: ["otlp"], exporters: ["load_balancing"] } };
    return file("router", { exporters: { load_balancing: { protocol, resolver } }, service: { pipelines } });
}

/** Two tiers; the samplers' configuration has other parts, and their counts grew. */
function tiers(patient: Patient, counts: TierCounts, parts: object = {}, router = routers()): void {
    patient.spans = "none";
    place(patient, [
        tier("tracing-collector", [router], { accepted: 9, backends: 1 }),
        tier("tracing-sampler", [file("sampler", { ...SAMPLER.config, ...parts })], counts),
    ]);
}

/** Faults of tiers of Collectors. */
export const TIER_SCENARIOS: Scenario[] = [
    {
        id: "tier-refuses",
        harm: (patient) => {
            const processors = { memory_limiter: { limit_percentage: 5 }, tail_sampling: { policies: [] } };
            tiers(patient, { refused: 9 }, { processors });
        },
    },
    {
        id: "tier-queue-full",
        harm: (patient) => {
            const queue = { sending_queue: { sizer: "items", queue_size: 5 } };
            tiers(patient, { overflowed: 9 }, { exporters: { "otlp_grpc/jaeger": queue } });
        },
    },
    {
        id: "tier-cannot-send",
        harm: (patient) => {
            const exporters = { "otlp_grpc/jaeger": { endpoint: `jaeger-collector.${SYSTEM}.svc:4318` } };
            tiers(patient, { accepted: 9, queued: 4 }, { exporters });
        },
    },
    {
        id: "tier-wrong-port",
        harm: (patient) => {
            const listening = { receivers: { otlp: { protocols: { grpc: { endpoint: ":4317" } } } } };
            tiers(patient, {}, listening, routers({ k8s: { ...RESOLVER.k8s, ports: [4319] } }));
        },
    },
    {
        id: "tier-without-samplers",
        harm: (patient) => {
            tiers(patient, {}, {}, routers({ k8s: { ...RESOLVER.k8s, service: "tracing-sampler.observability" } }));
        },
    },
    {
        id: "tier-tls",
        harm: (patient) => {
            tiers(patient, {}, {}, routers(RESOLVER, {}));
        },
    },
    {
        id: "tier-resolver-rights",
        harm: (patient) => {
            tiers(patient, {});
            const metadata = { name: "view" };
            const own = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata };
            const taken = { ...own, kind: "Role", metadata: { name: "default-resolver", namespace: SYSTEM } };
            const [first] = patient.evidence.tiers ?? [];
            if (first !== undefined) first.rights = { objects: { value: [own, taken] }, refusals: [] };
        },
    },
    {
        id: "collector-traces-itself",
        harm: (patient) => {
            tiers(patient, { accepted: 9, sent: 9 });
            for (const one of patient.evidence.tiers ?? []) one.pods = [pod(SYSTEM, "tracing-router", "10.0.0.21")];
        },
    },
];
