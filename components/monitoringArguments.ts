import { ownCollectorHost } from "./collector";
import type { MonitoringArgs } from "./monitoring";
import type { PrometheusArgs } from "./prometheus";
import type { AlertRulesSpec } from "./render/alertRules";
import type { Settings } from "./settings";
import { assignsUserIds } from "./settings/platform";

/** The settings of the program's own Prometheus; undefined if it deploys none. */
export function prometheusArgs(settings: Settings): Omit<PrometheusArgs, "namespace"> | undefined {
    if (settings.metrics?.deploysPrometheus !== true) return undefined;
    return {
        image: settings.images.prometheus,
        imagePullPolicy: settings.imagePullPolicy,
        resources: settings.resources.prometheus,
        alerts: alertRules(settings),
        pods: settings.pods.prometheus,
        platformUserIds: assignsUserIds(settings.istio.values),
        readyTimeoutSeconds: settings.readyTimeoutSeconds,
    };
}

/** The settings of what Prometheus and Grafana get; undefined if they get nothing. */
export function monitoringArgs(settings: Settings): Omit<MonitoringArgs, "namespace"> | undefined {
    const { metrics, monitoring } = settings;
    const { operator, operatorLabels, dashboards, dashboardLabels } = monitoring;
    if (metrics === undefined && operator === "none" && !dashboards) return undefined;
    return {
        ...{ operator, operatorLabels, dashboards, dashboardLabels },
        hasSpanMetrics: metrics !== undefined,
        alerts: alertRules(settings),
    };
}

/** What the alerts depend on. */
function alertRules({ collector, istio, clusterDomain, doctor, jaeger, tier }: Settings): AlertRulesSpec {
    return {
        collectorHost: collector.host,
        tracer: collector.protocol === "zipkin" ? "zipkin" : "opentelemetry",
        comparesReception: collector.host === ownCollectorHost(istio.namespace, clusterDomain),
        ...(doctor && { hasDoctor: true }),
        ...(jaeger.roles && { inRoles: true }),
        ...(jaeger.kafka && { hasIngester: true }),
        ...(tier && { tier: tier.layout }),
    };
}
