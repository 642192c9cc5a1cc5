import { collectorConfigsOf } from "../../checks/collector/configuration";
import { itemsOf, type Fact } from "../../shared/cluster/facts";
import type { Manifest } from "../../shared/kubernetes/manifest";
import type { ConfigMapObject } from "../../shared/kubernetes/objects";
import { itemsAt, mapAt } from "../../shared/values/plainObjects";
import { parseText } from "../parseText";
import type { CollectorTarget } from "./collector";
import { fullName } from "./mesh";

/** A file of a ConfigMap with the collector's own configuration. */
export interface CollectorFile {
    configMap: ConfigMapObject;
    /** Its key in the ConfigMap. */
    key: string;
    config: Manifest;
}

/** A traces pipeline, by the names of its parts. */
export interface TracesPipeline {
    name: string;
    receivers: string[];
    processors: string[];
    exporters: string[];
}

/** The collector's own configuration, if its pods mount it from ConfigMaps. */
export function collectorFilesOf({
    collector,
    collectorFiles,
}: {
    collector: CollectorTarget | undefined;
    collectorFiles: Fact<ConfigMapObject[]>;
}): CollectorFile[] {
    if (collector === undefined) return [];
    return itemsOf(collectorFiles).flatMap((configMap) =>
        Object.entries(configMap.data ?? {}).flatMap(([key, text]) =>
            collectorConfigsOf({ kind: "ConfigMap", ...configMap, data: { [key]: text } }, parseText).map(
                ({ config }) => ({ configMap, key, config }),
            ),
        ),
    );
}

/** The traces pipelines of a configuration. */
export function pipelinesOf(config: Manifest): TracesPipeline[] {
    return Object.entries(mapAt(config, "service", "pipelines"))
        .filter(([name]) => kindOf(name) === "traces")
        .map(([name, pipeline]) => {
            const names = (part: string): string[] => itemsAt(pipeline, part).map(String);
            return {
                ...{ name, receivers: names("receivers") },
                ...{ processors: names("processors"), exporters: names("exporters") },
            };
        });
}

/** The kind of a part of the collector: `batch` of `batch/large`. */
export function kindOf(name: string): string {
    return name.split("/")[0] ?? "";
}

/** The name of a file for people. */
export function nameOfFile({ configMap, key }: CollectorFile): string {
    return `ConfigMap ${fullName(configMap)} ${key}`;
}
