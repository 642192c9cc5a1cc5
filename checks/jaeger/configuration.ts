import { isKind, refOf, resourceName, type Manifest, type ObjectRef } from "../../shared/kubernetes/manifest";
import type { ParseYaml } from "../../shared/values/parseYaml";
import { at, isPlainObject, mapAt, textAt } from "../../shared/values/plainObjects";

/** A configuration of Jaeger v2 and the object that contains it. */
export interface JaegerConfigSource {
    resource: string;
    object: ObjectRef;
    namespace: string | undefined;
    config: Manifest;
}

/** The configurations of Jaeger v2 in an object: files of a ConfigMap, or the operator's OpenTelemetryCollector. */
export function jaegerConfigsOf(manifest: Manifest, parseYaml: ParseYaml): JaegerConfigSource[] {
    const from: [string, unknown][] = isKind(manifest, "ConfigMap", "")
        ? Object.entries(mapAt(manifest, "data")).map(([file, text]) => [` ${file}`, text])
        : isKind(manifest, "OpenTelemetryCollector", "opentelemetry.io")
          ? [["", at(manifest, "spec", "config")]]
          : [];
    return from.flatMap(([file, content]) => {
        // Skips the parsing of text that cannot be such a configuration.
        const text = typeof content === "string" ? content : undefined;
        if (text !== undefined && !text.includes("jaeger_storage")) return [];
        const config = text === undefined ? content : parseYaml(text);
        if (!isPlainObject(config) || !isPlainObject(at(config, "extensions", "jaeger_storage"))) return [];
        const namespace = textAt(manifest, "metadata", "namespace");
        return [{ resource: `${resourceName(manifest)}${file}`, object: refOf(manifest), namespace, config }];
    });
}
