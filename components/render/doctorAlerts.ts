import type { AlertWords } from "./alertRule";

/** Alerts of what the doctor in the cluster finds, and of its absence. */
export const DOCTOR_ALERTS: AlertWords[] = [
    {
        alert: "TracingProbeFailing",
        expr: "max(tracing_probe_success) < 1",
        for: "2m",
        severity: "critical",
        summary: "The doctor's probes leave no complete trace",
        description:
            "Requests between the doctor's own pods leave no complete trace in Jaeger. The metric tracing_finding " +
            "names the fault and its segment.",
        finding: "trace-not-found, trace-broken, request-failed",
    },
    {
        alert: "TracingFindingPresent",
        expr: 'max by (id, segment) (tracing_finding{severity="error"}) > 0',
        for: "1m",
        severity: "critical",
        summary: "The doctor has found a fault in tracing",
        description:
            "The doctor has confirmed {{ $labels.id }} in the segment {{ $labels.segment }}. Its log contains what " +
            "it read, and the cure.",
        finding: "{{ $labels.id }}",
    },
    {
        alert: "TracingNotProven",
        expr: "max(tracing_last_examination_timestamp_seconds) unless max(tracing_probe_success)",
        for: "10m",
        severity: "warning",
        summary: "The doctor cannot tell whether tracing works",
        description: "The doctor runs, but cannot read what it needs. The metric tracing_unknown and its log name it.",
        finding: "query-unreachable, query-network-policy",
    },
    {
        alert: "TracingDoctorAbsent",
        expr: "absent(tracing_last_examination_timestamp_seconds)",
        for: "5m",
        severity: "warning",
        summary: "The doctor in the cluster has no metrics",
        description: "The doctor is down, or Prometheus cannot read its metrics on port 9464.",
        finding: "pods-not-created, pods-not-started",
    },
];
