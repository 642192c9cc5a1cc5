import * as pulumi from "@pulumi/pulumi";
import { monitoringArgs, prometheusArgs } from "./monitoringArguments";
import { Monitoring } from "./monitoring";
import { Prometheus } from "./prometheus";
import { requireOperator } from "./prometheusOperator";
import type { Settings } from "./settings";

/** What the settings ask for beside traces: a Prometheus, and what other teams' Prometheus and Grafana need. */
export function stackMonitoring(
    settings: Settings,
    inSystem: { namespace: pulumi.Input<string> },
    options: pulumi.ComponentResourceOptions,
): void {
    const prometheus = prometheusArgs(settings);
    if (prometheus !== undefined) new Prometheus("tracing-prometheus", { ...inSystem, ...prometheus }, options);
    const monitoring = monitoringArgs(settings);
    if (monitoring === undefined) return;
    const accepted = requireOperator(settings.monitoring.operator);
    const namespace = pulumi.all([inSystem.namespace, accepted]).apply(([name]) => name);
    new Monitoring("monitoring", { ...monitoring, namespace }, options);
}
