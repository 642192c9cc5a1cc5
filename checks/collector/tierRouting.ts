import { mapAt, textAt } from "../../shared/values/plainObjects";
import type { Finding, Subject } from "../finding";
import type { CollectorConfig } from "./configuration";

const BALANCERS = ["load_balancing", "loadbalancing"];
/** The only key by which all spans of a trace come to one Collector. */
export const TRACE_KEY = "traceID";

/** The exporters of a configuration that choose one of several Collectors, with their settings. */
export function balancersOf({ config }: Pick<CollectorConfig, "config">): [name: string, settings: unknown][] {
    return Object.entries(mapAt(config, "exporters")).filter(([name]) => BALANCERS.includes(name.split("/")[0] ?? ""));
}

/**
 * Reports an exporter before Collectors with tail_sampling that gives the spans of a trace to several of them.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/blob/v0.161.0/exporter/loadbalancingexporter/README.md
 */
export function checkRoutingKey(subject: Subject, name: string, settings: unknown): Finding[] {
    const key = textAt(settings, "routing_key") ?? TRACE_KEY;
    if (key === TRACE_KEY) return [];
    return [
        {
            ...{ id: "tail-sampling-routing-key", severity: "error", ...subject },
            resource: `${subject.resource} exporters.${name}`,
            expected: `routing_key ${TRACE_KEY}, which sends all spans of a trace to the same Collector with tail_sampling`,
            got: `routing_key ${key}: spans of a trace go to several, and each of them decides about a part of it`,
            cure: `Set exporters.${name}.routing_key to ${TRACE_KEY}. Metrics from spans need another exporter, to other Collectors.`,
        },
    ];
}
