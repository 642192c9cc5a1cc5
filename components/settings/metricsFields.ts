import { z } from "zod";
import { BOOLEAN, CHOICE_NEXT, type Field } from "./field";
import { labels } from "./labelFields";

/** No `$` either: Jaeger would take what follows for the name of a variable. */
function isHttpUrl(text: string): boolean {
    if (text.length > 2000 || !/^https?:\/\/[^\s/$@?#]+(\/[^\s$@?#]*)?$/.test(text) || !URL.canParse(text))
        return false;
    return new URL(text).hostname !== "";
}

/** URL of a server, without slashes at its end. */
export const HTTP_URL = z
    .string()
    .refine(isHttpUrl)
    .transform((text) => text.replace(/\/+$/, ""));

/** The settings of metrics. */
export const METRICS_FIELDS = {
    "metrics.prometheusUrl": {
        meaning:
            "URL of a Prometheus that scrapes Jaeger. Jaeger then produces metrics of requests from spans, and its " +
            "Monitor tab and its metrics API query this Prometheus.",
        expected:
            "the URL of a Prometheus, http(s)://HOST:PORT or with a path, without user, password, query and fragment, or nothing",
        next: "write it like http://prometheus.monitoring.svc.cluster.local:9090, as Jaeger's pod reaches it",
        schema: z.union([z.literal(""), HTTP_URL]),
        default: "",
        // Where people put passwords by mistake.
        secret: true,
    },
    "metrics.deployPrometheus": {
        meaning:
            "`true` deploys a Prometheus for these metrics, with one replica that keeps one day in its pod: for " +
            "development and CI.",
        expected: "true (the stack deploys its own Prometheus) or false",
        next: CHOICE_NEXT,
        schema: BOOLEAN,
        default: "false",
    },
    "metrics.fromSampledSpans": {
        meaning:
            "`true` produces the metrics even if fewer than 100 percent of new traces are recorded. They then count " +
            "a sample of the requests, and have the label `sampling_percent`.",
        expected: "true (metrics may count a sample of the requests) or false (they count all)",
        next: CHOICE_NEXT,
        schema: BOOLEAN,
        default: "false",
    },
    "metrics.operator": {
        meaning:
            "Objects for the Prometheus operator, whose CRDs the cluster must have: jaeger (a ServiceMonitor of " +
            "Jaeger, and a PrometheusRule with the alerts) or mesh (also PodMonitors of istiod and of all sidecars). " +
            "With none, Prometheus finds the Services with Jaeger's metrics by annotations.",
        expected:
            "none, jaeger (its ServiceMonitor and the alerts) or mesh (also PodMonitors of istiod and all sidecars)",
        next: CHOICE_NEXT,
        schema: z.enum(["none", "jaeger", "mesh"]),
        default: "none",
    },
    "metrics.operatorLabels": {
        meaning:
            "Labels of the objects for the Prometheus operator, such as `release`; a Prometheus selects objects by " +
            "labels.",
        expected: "an object of labels by key",
        next: "write it like { release: kube-prometheus-stack }",
        schema: labels("labels of the objects for the Prometheus operator"),
        default: {},
    },
    "metrics.dashboards": {
        meaning: "`true` creates ConfigMaps with Grafana dashboards.",
        expected: "true (ConfigMaps with dashboards) or false",
        next: CHOICE_NEXT,
        schema: BOOLEAN,
        default: "false",
    },
    "metrics.dashboardLabels": {
        meaning: "Labels of the ConfigMaps with dashboards. Grafana's sidecar finds them by these labels.",
        expected: "an object of labels by key",
        next: 'write it like { grafana_dashboard: "1" }',
        schema: labels("labels of the ConfigMaps with dashboards"),
        default: { grafana_dashboard: "1" },
    },
    "metrics.lokiUrl": {
        meaning:
            "URL of a Loki that keeps the access logs of sidecars, for the links between logs and traces in the output " +
            "`grafanaDataSources`.",
        expected:
            "the URL of a Loki, http(s)://HOST:PORT or with a path, without user, password, query and fragment, or nothing",
        next: "write it like http://loki.monitoring.svc.cluster.local:3100",
        schema: z.union([z.literal(""), HTTP_URL]),
        default: "",
        // Where people put passwords by mistake.
        secret: true,
    },
    "metrics.outputs": {
        meaning:
            "`true` adds stack outputs for people who run Grafana and Kiali themselves: `grafanaDataSources` and `kialiTracing`.",
        expected: "true (with the outputs grafanaDataSources and kialiTracing) or false",
        next: CHOICE_NEXT,
        schema: BOOLEAN,
        default: "false",
    },
} as const satisfies Record<string, Field>;
