import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ALERTS_RULE, FLAG, NAMESPACE_RULE, setting } from "./argumentRules";
import { renderRuleGroups, type AlertRulesSpec } from "./render/alertRules";
import {
    metricsServices,
    OPERATOR_API,
    renderIstiodMonitorSpec,
    renderMetricsService,
    renderServiceMonitorSpec,
    renderSidecarMonitorSpec,
} from "./render/monitors";
import type { PlainObject } from "../shared/values/plainObjects";
import { preset, resolveArgs, type Resolved, type RulesFor } from "./resolve";

/** The dashboards, as Grafana reads them. */
const DASHBOARD_FOLDER = join(__dirname, "..", "dashboards", "json");
export const DASHBOARD_FILES = ["mesh-tracing.json", "services.json", "collector.json"];

/** Inputs of {@link Monitoring}. */
export interface MonitoringArgs {
    /** Namespace of Jaeger, for every child. */
    namespace: pulumi.Input<string>;
    /**
     * Objects for the Prometheus operator: those of Jaeger and the alerts, or also those of istiod and all sidecars.
     * @default none
     */
    operator?: "none" | "jaeger" | "mesh";
    /**
     * Further labels of these objects, by which the Prometheus of the operator selects them.
     * @default none
     */
    operatorLabels?: Record<string, string>;
    /**
     * True: ConfigMaps with dashboards.
     * @default false
     */
    dashboards?: boolean;
    /**
     * Labels of these ConfigMaps, by which Grafana finds them.
     * @default grafana_dashboard: "1"
     */
    dashboardLabels?: Record<string, string>;
    /**
     * True if Jaeger makes metrics from spans.
     * @default false
     */
    hasSpanMetrics?: boolean;
    /** What the alerts depend on. Its `inRoles` and `tier` say which pods have metrics too. */
    alerts: AlertRulesSpec;
}

/**
 * What somebody else's Prometheus and Grafana need to show the tracing of a mesh: Services with Jaeger's metrics,
 * objects for the Prometheus operator, and dashboards.
 *
 * Children: Services `<name>-jaeger-metrics` and `<name>-jaeger-span-metrics`, and of a tier
 * `<name>-tracing-router-metrics` and `<name>-tracing-sampler-metrics`; with an operator ServiceMonitor
 * `<name>-jaeger`, PodMonitors `<name>-istiod` and `<name>-sidecars`, PrometheusRule `<name>-alerts`; with dashboards a
 * ConfigMap for each. In the cluster, the names start with `jaeger-` or `istio-tracing-`.
 */
export class Monitoring extends pulumi.ComponentResource {
    constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
        const spec = resolveMonitoring(name, args);
        const { namespace, operator, hasSpanMetrics } = spec;
        super("istio-tracing:components:Monitoring", name, { ...args }, opts);

        const child = { parent: this };
        const { inRoles, tier } = spec.alerts;
        const sources = { hasSpanMetrics, inRoles, tier };
        for (const service of metricsServices(sources))
            new k8s.core.v1.Service(
                `${name}-${service.name}`,
                renderMetricsService(service, namespace, operator === "none"),
                child,
            );
        const forOperator = (kind: string, role: string, content: PlainObject): void => {
            const metadata = { name: `istio-tracing-${role}`, namespace, labels: spec.operatorLabels };
            const object = { apiVersion: OPERATOR_API, kind, metadata, spec: content };
            new k8s.apiextensions.CustomResource(`${name}-${role}`, object, child);
        };
        if (operator !== "none") {
            forOperator("ServiceMonitor", "jaeger", renderServiceMonitorSpec(sources));
            forOperator("PrometheusRule", "alerts", renderRuleGroups(spec.alerts));
        }
        if (operator === "mesh") {
            forOperator("PodMonitor", "istiod", renderIstiodMonitorSpec(namespace));
            forOperator("PodMonitor", "sidecars", renderSidecarMonitorSpec());
        }
        for (const file of spec.dashboards ? DASHBOARD_FILES : []) {
            const role = `dashboard-${file.replace(".json", "")}`;
            const metadata = { name: `istio-tracing-${role}`, namespace, labels: spec.dashboardLabels };
            const data = { [`istio-tracing-${file}`]: readFileSync(join(DASHBOARD_FOLDER, file), "utf8") };
            new k8s.core.v1.ConfigMap(`${name}-${role}`, { metadata, data }, child);
        }
        this.registerOutputs({});
    }
}

const RULES = {
    namespace: NAMESPACE_RULE,
    operator: setting("metrics.operator"),
    operatorLabels: setting("metrics.operatorLabels"),
    dashboards: setting("metrics.dashboards"),
    dashboardLabels: setting("metrics.dashboardLabels"),
    hasSpanMetrics: preset(FLAG, false),
    alerts: ALERTS_RULE,
} satisfies RulesFor<MonitoringArgs>;

/**
 * The arguments of {@link Monitoring}, complete and valid.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolveMonitoring(name: string, args: MonitoringArgs): Resolved<typeof RULES> {
    return resolveArgs("Monitoring", name, args, RULES);
}
