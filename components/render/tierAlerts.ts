import { TIER_NAMES } from "../tier";
import type { AlertWords } from "./alertRule";

/** Alerts about the parts of a Collector tier. What it refuses, and its queues, are in the alerts about every Collector. */
export function tierAlerts(layout: "split" | "single"): AlertWords[] {
    const parts = layout === "split" ? [TIER_NAMES.router, TIER_NAMES.sampler] : [TIER_NAMES.sampler];
    return [
        {
            alert: "TracingTierAbsent",
            expr: parts.map((name) => `absent(target_info{service_name="${name}"})`).join(" or "),
            for: "5m",
            severity: "critical",
            summary: "A part of the Collector tier has no metrics",
            description:
                "Every {{ $labels.service_name }} is down, or Prometheus cannot read its metrics on port 8888.",
            finding: "collector-unreachable",
        },
        {
            alert: "TracingTierEvictsTraces",
            expr: `sum(rate({__name__=~"otelcol_processor_tail_sampling_sampling_trace_dropped_too_early(_total)?"}[5m])) > 0`,
            for: "5m",
            severity: "warning",
            summary: "Samplers evict traces before a decision",
            description:
                "{{ $value | humanize }} traces per second leave the samplers without a decision, including faults. " +
                "Each sampler holds at most collectorTier.waitingTraces traces: add samplers, or increase memory and " +
                "waitingTraces.",
            finding: "spans-lost",
        },
    ];
}
