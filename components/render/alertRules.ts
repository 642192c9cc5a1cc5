import type { PlainObject } from "../../shared/values/plainObjects";
import { escapeRegExp } from "../../shared/values/regExp";
import { ingesterAlerts, roleAbsent } from "./jaegerAlerts";
import { alertRule, type AlertRule } from "./alertRule";
import { DOCTOR_ALERTS } from "./doctorAlerts";
import { tierAlerts } from "./tierAlerts";

/** What the rules depend on. */
export interface AlertRulesSpec {
    /** Full name of the Service to which sidecars send spans. */
    collectorHost: string;
    /** The tracer of the sidecars, as Envoy names it in its statistics. */
    tracer: "opentelemetry" | "zipkin";
    /** True if that Service is the stack's own Jaeger, so that what it accepts can be compared with what sidecars make. */
    comparesReception: boolean;
    /**
     * True if the stack has a doctor in the cluster.
     * @default false
     */
    hasDoctor?: boolean;
    /**
     * True if Jaeger's collectors and query servers have pods of their own.
     * @default false
     */
    inRoles?: boolean;
    /**
     * True if spans wait in Kafka for ingesters.
     * @default false
     */
    hasIngester?: boolean;
    /** Layout of the stack's Collector tier. @default there is none */
    tier?: "split" | "single";
}

/** A counter of the OpenTelemetry Collector; some versions and configurations append `_total` to its name. */
function counter(name: string): string {
    return `{__name__=~"otelcol_${name}(_total)?"}`;
}

/** A rate over five minutes, which is 0 where there is no series yet. */
function rate(series: string): string {
    return `(sum(rate(${series}[5m])) or vector(0))`;
}

/** How much a counter grew in half an hour. One that has no series before its first event is 1 when it appears. */
function grewOrAppeared(series: string): string {
    return `(increase(${series}[30m]) > 0) or (${series} unless ${series} offset 30m)`;
}

/** Rules that detect when spans get lost. Each names the doctor's findings that go with it. */
export function renderAlertRules(spec: AlertRulesSpec): AlertRule[] {
    const { hasDoctor, inRoles, hasIngester = false, tier } = spec;
    const ofParts = [
        ...(inRoles === true ? [roleAbsent(hasIngester)] : []),
        ...(hasIngester ? ingesterAlerts() : []),
        ...(tier === undefined ? [] : tierAlerts(tier)),
        ...(hasDoctor === true ? DOCTOR_ALERTS : []),
    ];
    return [...exportRules(spec), ...collectorRules(), ...controlPlaneRules(), ...ofParts.map(alertRule)];
}

/** The rules as a rule file of Prometheus, which is also the spec of a PrometheusRule. */
export function renderRuleGroups(spec: AlertRulesSpec): PlainObject {
    return { groups: [{ name: "istio-tracing", rules: renderAlertRules(spec) }] };
}

function exportRules({ collectorHost, tracer, comparesReception }: AlertRulesSpec): AlertRule[] {
    // Character classes, because a backslash would have to be escaped for PromQL too.
    const host = escapeRegExp(collectorHost).replaceAll("\\.", "[.]");
    const cluster = `cluster_name=~"outbound[|][0-9]+[|][|]${host};?"`;
    const failing = alertRule({
        alert: "TracingExportFailing",
        expr:
            `sum(rate(envoy_cluster_upstream_rq{${cluster},response_code=~"5.."}[5m])) / ` +
            `sum(rate(envoy_cluster_upstream_rq_completed{${cluster}}[5m])) > 0.05`,
        for: "5m",
        severity: "critical",
        summary: "Sidecars cannot deliver spans",
        description:
            "{{ $value | humanizePercentage }} of the calls with which sidecars send spans fail. Application " +
            "requests are not affected, but their spans are lost: sidecars do not resend them.",
        finding: "collector-unreachable, export-failing",
    });
    return comparesReception ? [failing, spansLost(tracer)] : [failing];
}

/**
 * Compares what sidecars have sent off with what receivers have accepted. The two are read at other moments: a missed scrape
 * or a new pod of Jaeger hides up to one and a half intervals of 15 seconds from a rate, which is less than 5 percent of ten
 * minutes. A Prometheus that has just started has not read both for that long. As the alert waits for longer than the ten
 * minutes, a single loss, such as during an update of Jaeger, never fires it.
 */
function spansLost(tracer: AlertRulesSpec["tracer"]): AlertRule {
    const sent = `envoy_tracing_${tracer}_spans_sent`;
    const made = `sum(rate(${sent}[10m]))`;
    // What ingesters read from Kafka, a collector has accepted before.
    const accepted = '{__name__=~"otelcol_receiver_accepted_spans(_total)?",receiver!="kafka"}';
    const missing = `1 - (sum(rate(${accepted}[10m])) or vector(0)) / ${made}`;
    return alertRule({
        alert: "TracingSpansLost",
        expr: `${missing} > 0.05 and ${made} > 0.1 and count(${sent} offset 10m)`,
        for: "15m",
        severity: "warning",
        summary: "Spans are lost between sidecars and the collector",
        description: "{{ $value | humanizePercentage }} of the spans that sidecars have sent have not arrived.",
        finding: "spans-lost, spans-not-received",
    });
}

function collectorRules(): AlertRule[] {
    return [
        alertRule({
            alert: "TracingJaegerAbsent",
            expr: 'absent(target_info{service_name="jaeger"})',
            for: "5m",
            severity: "critical",
            summary: "Jaeger has no metrics",
            description: "Jaeger is down, or Prometheus cannot read its metrics on port 8888.",
            finding: "collector-unreachable, query-unreachable",
        }),
        alertRule({
            alert: "TracingCollectorRefusesSpans",
            expr: `${rate(counter("receiver_refused_spans"))} + ${rate(counter("receiver_failed_spans"))} > 0`,
            for: "5m",
            severity: "critical",
            summary: "The collector refuses spans",
            description:
                "{{ $value | humanize }} spans per second are refused and lost, for example because of a lack of " +
                "memory.",
            finding: "collector-refuses, collector-limited",
        }),
        alertRule({
            alert: "TracingStorageFailing",
            expr: `${rate(counter("exporter_send_failed_spans"))} + ${rate(counter("exporter_enqueue_failed_spans"))} > 0`,
            for: "5m",
            severity: "critical",
            summary: "Spans are not stored or forwarded",
            description:
                "{{ $value | humanize }} spans per second have arrived, but the storage or another back end does not " +
                "accept them.",
            finding: "storage-failing",
        }),
        alertRule({
            alert: "TracingExporterQueueFilling",
            expr: "max by (exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity) > 0.8",
            for: "5m",
            severity: "warning",
            summary: "The queue of an exporter is nearly full",
            description:
                "The queue of {{ $labels.exporter }} is {{ $value | humanizePercentage }} full. A full queue drops spans.",
            finding: "storage-failing",
        }),
    ];
}

function controlPlaneRules(): AlertRule[] {
    return [
        alertRule({
            alert: "TracingProviderHostUnknown",
            expr: `sum(${grewOrAppeared("provider_lookup_cluster_failures")}) > 0`,
            for: "1m",
            severity: "critical",
            summary: "Istio does not know the collector of a tracing provider",
            description:
                "istiod does not find the Service that an extension provider names, so sidecars trace nothing.",
            finding: "provider-host-unknown",
        }),
        alertRule({
            alert: "TracingConfigurationRejected",
            expr: `sum by (type) (${grewOrAppeared('pilot_total_xds_rejects{type=~"lds|cds"}')}) > 0`,
            for: "1m",
            severity: "warning",
            summary: "Sidecars reject configuration from istiod",
            description:
                "Running sidecars keep the {{ $labels.type }} configuration that they had, and new pods do not " +
                "become ready. Any mistake can cause that; with a mistake in a tracing provider, sidecars reject " +
                "every listener.",
            finding: "proxy-rejects-config",
        }),
    ];
}
