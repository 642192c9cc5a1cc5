import { JAEGER_ROLES } from "../roles";
import type { AlertWords } from "./alertRule";

/** The pods of one role are no sign that those of another are there. */
export function roleAbsent(hasIngester: boolean): AlertWords {
    const roles = JAEGER_ROLES.filter((role) => role !== "ingester" || hasIngester);
    return {
        alert: "TracingRoleAbsent",
        expr: roles.map((role) => `absent(target_info{service_name="jaeger",jaeger_role="${role}"})`).join(" or "),
        for: "5m",
        severity: "critical",
        summary: "A role of Jaeger has no metrics",
        description:
            "Every {{ $labels.jaeger_role }} pod of Jaeger is down, or Prometheus cannot read its metrics on port " +
            "8888.",
        finding: "collector-unreachable, query-unreachable, ingester-missing",
    };
}

function sent(exporter: string): string {
    return `sum(rate({__name__=~"otelcol_exporter_sent_spans(_total)?",exporter="${exporter}"}[10m]))`;
}

/** What Kafka holds is not lost until it is older than the topic's retention, and nobody finds it until then. */
export function ingesterAlerts(): AlertWords[] {
    const stored = `(${sent("jaeger_storage_exporter")} or vector(0))`;
    return [
        {
            alert: "TracingIngesterLags",
            expr: `${sent("kafka")} > 1.2 * ${stored} + 1`,
            for: "15m",
            severity: "warning",
            summary: "Ingesters store fewer spans than collectors write into Kafka",
            description:
                "{{ $value | humanize }} spans per second go into Kafka, and ingesters store fewer. The other spans " +
                "cannot be found yet, and Kafka drops them when they are older than the topic's retention.",
            finding: "ingester-lags",
        },
    ];
}
