import { PROMETHEUS_PORT } from "../../shared/names/ports";
import { PROMETHEUS_NAME, type Metrics, type SamplingRange } from "../metrics";
import type { ParsedSettings } from "./parse";

/** The metrics that the settings ask for; undefined for none. */
export function resolveMetrics(values: ParsedSettings): Metrics | undefined {
    const deploysPrometheus = values["metrics.deployPrometheus"];
    const given = values["metrics.prometheusUrl"];
    if (given === "" && !deploysPrometheus) return undefined;
    const host = `${PROMETHEUS_NAME}.${values["istio.namespace"]}.svc.${values.clusterDomain}`;
    const range = samplingRange(values);
    return {
        prometheusUrl: given === "" ? `http://${host}:${String(PROMETHEUS_PORT)}` : given,
        deploysPrometheus,
        ...(range.lowestPercent < 100 && { sampled: range }),
    };
}

/** The lowest and the highest rate of new traces that the settings ask for anywhere in the mesh. */
export function samplingRange(values: Pick<ParsedSettings, "samplingPercent" | "namespaces">): SamplingRange {
    const own = Object.values(values.namespaces).map(
        ({ samplingPercent }) => samplingPercent ?? values.samplingPercent,
    );
    const rates = [values.samplingPercent, ...own];
    return { lowestPercent: Math.min(...rates), highestPercent: Math.max(...rates) };
}

/** What somebody else's Prometheus, Grafana and Kiali get. */
export interface MonitoringSettings {
    /** Objects for the Prometheus operator. */
    operator: "none" | "jaeger" | "mesh";
    operatorLabels: Record<string, string>;
    /** True for ConfigMaps with dashboards. */
    dashboards: boolean;
    dashboardLabels: Record<string, string>;
    /** URL of a Loki with the access logs. @default none */
    lokiUrl: string | undefined;
    /** True for the outputs about Grafana and Kiali. */
    outputs: boolean;
}

/** What the settings give to others' Prometheus, Grafana and Kiali. */
export function resolveMonitoringSettings(values: ParsedSettings): MonitoringSettings {
    return {
        operator: values["metrics.operator"],
        operatorLabels: values["metrics.operatorLabels"],
        dashboards: values["metrics.dashboards"],
        dashboardLabels: values["metrics.dashboardLabels"],
        lokiUrl: values["metrics.lokiUrl"] || undefined,
        outputs: values["metrics.outputs"],
    };
}
