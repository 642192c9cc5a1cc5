import type { Finding } from "./finding";
import { at, isKind, isMap, mapAt, resourceName, textAt, type Manifest } from "./manifest";
import type { ParseYaml } from "./meshConfig";
import { chartOf, isChart } from "./charts";
import { containersOf, podTemplateOf } from "./workloads";

/** A configuration of Jaeger v2 and the object that holds it. */
export interface JaegerConfigSource {
    resource: string;
    namespace: string | undefined;
    config: Manifest;
}

/** The configurations of Jaeger v2 in an object: a ConfigMap's files, or an OpenTelemetryCollector of the operator. */
export function jaegerConfigsOf(manifest: Manifest, parseYaml: ParseYaml): JaegerConfigSource[] {
    const from: [string, unknown][] = isKind(manifest, "ConfigMap", "")
        ? Object.entries(mapAt(manifest, "data")).map(([file, text]) => [` ${file}`, text])
        : isKind(manifest, "OpenTelemetryCollector", "opentelemetry.io")
          ? [["", at(manifest, "spec", "config")]]
          : [];
    return from.flatMap(([file, content]) => {
        // A glance at the text spares the parsing of what cannot be meant.
        const text = typeof content === "string" ? content : undefined;
        if (text !== undefined && !text.includes("jaeger_storage")) return [];
        const config = text === undefined ? content : parseYaml(text);
        if (!isMap(config) || !isMap(at(config, "extensions", "jaeger_storage"))) return [];
        const namespace = textAt(manifest, "metadata", "namespace");
        return [{ resource: `${resourceName(manifest)}${file}`, namespace, config }];
    });
}

/** Traces that are gone with Jaeger's pod. */
export function checkDurableStorage(manifest: Manifest, parseYaml: ParseYaml): Finding[] {
    return [
        ...jaegerConfigsOf(manifest, parseYaml).flatMap(({ resource, config }) =>
            Object.entries(mapAt(config, "extensions", "jaeger_storage", "backends")).flatMap(([name, backend]) => {
                const kept = isMap(backend) ? lostBy(backend) : undefined;
                return kept === undefined ? [] : [finding(resource, `the backend ${name}: ${kept}`)];
            }),
        ),
        ...checkVersion1(manifest),
        ...checkChart(manifest),
    ];
}

function lostBy(backend: Manifest): string | undefined {
    if (backend["memory"] !== undefined) return "memory";
    return at(backend, "badger", "ephemeral") === true ? "badger with ephemeral: true" : undefined;
}

/** Jaeger v1 is told by its environment, and keeps traces in memory where nothing is said. */
function checkVersion1(manifest: Manifest): Finding[] {
    const template = podTemplateOf(manifest);
    if (template === undefined) return [];
    return containersOf(template).flatMap(({ container }) => {
        const image = textAt(container, "image") ?? "";
        const variables = container["env"];
        const list = Array.isArray(variables) ? variables.filter(isMap) : [];
        const type = list.find((variable) => variable["name"] === "SPAN_STORAGE_TYPE")?.["value"];
        const byDefault = /jaegertracing\/all-in-one(:1\.|$)/.test(image) && type === undefined;
        return type === "memory" || byDefault ? [finding(template.resource, "SPAN_STORAGE_TYPE memory")] : [];
    });
}

function checkChart(manifest: Manifest): Finding[] {
    const chart = chartOf(manifest);
    if (chart === undefined || !isChart(chart, "jaeger")) return [];
    const type = at(chart.values, "storage", "type");
    return type === "memory" ? [finding(chart.resource, "values.storage.type: memory")] : [];
}

function finding(resource: string, got: string): Finding {
    return {
        ...{ id: "jaeger-storage-durable", severity: "error", resource },
        expected: "storage that outlives Jaeger's pod: badger on a volume, Elasticsearch, OpenSearch or the like",
        got,
        cure: "Set another jaegerStorage: with the pod, which may be moved at any time, every trace is gone.",
    };
}
