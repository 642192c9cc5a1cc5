import { changeTier } from "../support/tierFaults";
import { scaled, type AlertFault } from "./alertFaults";

const SYSTEM = "istio-system";
const [ROUTERS, SAMPLERS] = ["deployment/tracing-router", "statefulset/tracing-sampler"];

/** Every alert about a tier of one router and two samplers has a fault here. */
export const TIER_FAULTS: AlertFault[] = [
    {
        what: "samplers that are scaled to nothing",
        inject: scaled(SAMPLERS, SYSTEM, 2),
        // Routers keep what they cannot send for five minutes.
        alerts: ["TracingTierAbsent"],
        labels: { service_name: "tracing-sampler" },
    },
    {
        what: "routers that are scaled to nothing",
        inject: scaled(ROUTERS, SYSTEM),
        alerts: ["TracingTierAbsent", "TracingExportFailing"],
        labels: { service_name: "tracing-router" },
    },
    {
        what: "samplers that remember a single trace",
        inject: (lab) =>
            changeTier(lab, SAMPLERS, ({ processors }) => {
                Object.assign(processors["tail_sampling"] ?? {}, { num_traces: 1 });
            }),
        alerts: ["TracingTierEvictsTraces"],
    },
    {
        what: "routers without memory",
        inject: (lab) =>
            changeTier(lab, ROUTERS, ({ processors }) => {
                const limits = { check_interval: "100ms", limit_mib: 6 };
                Object.assign(processors, { memory_limiter: limits });
            }),
        alerts: ["TracingCollectorRefusesSpans"],
    },
];

/** Every alert about Jaeger's roles with Kafka between them, one pod each, has a fault here. */
export const ROLE_FAULTS: AlertFault[] = [
    {
        what: "query servers that are scaled to nothing",
        inject: scaled("deployment/jaeger-query", SYSTEM),
        alerts: ["TracingRoleAbsent"],
        labels: { jaeger_role: "query" },
    },
    {
        what: "collectors that are scaled to nothing",
        inject: scaled("deployment/jaeger-collector", SYSTEM),
        alerts: ["TracingRoleAbsent", "TracingExportFailing", "TracingSpansLost"],
        labels: { jaeger_role: "collector" },
    },
    {
        what: "ingesters that are scaled to nothing",
        inject: scaled("deployment/jaeger-ingester", SYSTEM),
        alerts: ["TracingRoleAbsent", "TracingIngesterLags"],
        labels: { jaeger_role: "ingester" },
    },
];
