import { DOCTOR_PORTS, ISTIO_METRICS_PORTS, JAEGER_PORTS, PROMETHEUS_PORT } from "../../shared/names/ports";
import { DOCTOR_NAME } from "../doctorName";
import { TIER_NAMES } from "../tier";
import type { PlainObject } from "../../shared/values/plainObjects";

/** Files of the ConfigMap: the configuration, and the alerts, whose path is relative to it. */
export const CONFIG_FILE = "prometheus.yml";
export const RULES_FILE = "alerts.yml";

/**
 * Configuration of the program's own Prometheus: Jaeger, the metrics that it makes from spans, a Collector tier, istiod, the doctor, every
 * sidecar and gateway, and itself.
 *
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/
 */
export function renderPrometheusConfig(): PlainObject {
    return {
        global: { scrape_interval: "15s", evaluation_interval: "15s" },
        rule_files: [RULES_FILE],
        scrape_configs: [
            { job_name: "prometheus", static_configs: [{ targets: [`localhost:${String(PROMETHEUS_PORT)}`] }] },
            podJob("jaeger", [labelled("app", "jaeger"), portNumber(JAEGER_PORTS.metrics)]),
            podJob("span-metrics", [labelled("app", "jaeger"), portNumber(JAEGER_PORTS.spanMetrics)]),
            podJob("tier", [
                labelled("app", `${TIER_NAMES.router}|${TIER_NAMES.sampler}`),
                portNumber(JAEGER_PORTS.metrics),
            ]),
            podJob("istiod", [labelled("app", "istiod"), portNumber(ISTIO_METRICS_PORTS.istiod)]),
            podJob("doctor", [labelled("app", DOCTOR_NAME), portNumber(DOCTOR_PORTS.metrics)]),
            podJob("envoy", [portNumber(ISTIO_METRICS_PORTS.envoy)], "/stats/prometheus"),
        ],
    };
}

/** A job over pods, one target for each container port that its rules keep. */
function podJob(job: string, rules: PlainObject[], path = "/metrics"): PlainObject {
    return {
        job_name: job,
        metrics_path: path,
        kubernetes_sd_configs: [{ role: "pod" }],
        relabel_configs: [
            ...rules,
            // Pods that have ended keep their address.
            { source_labels: ["__meta_kubernetes_pod_phase"], action: "drop", regex: "Succeeded|Failed" },
            { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
            { source_labels: ["__meta_kubernetes_pod_name"], target_label: "pod" },
        ],
    };
}

function labelled(label: string, value: string): PlainObject {
    return { source_labels: [`__meta_kubernetes_pod_label_${label}`], action: "keep", regex: value };
}

function portNumber(port: number): PlainObject {
    return { source_labels: ["__meta_kubernetes_pod_container_port_number"], action: "keep", regex: String(port) };
}
