import { at, mapAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { collectorFilesOf, nameOfFile } from "../../inventory/collectorPipelines";

/** A limit in the collector's configuration, with its file and key. */
export interface Limit {
    resource: string;
    key: string;
    value: string;
}

/** The number of traces that Jaeger keeps in memory. */
export function traceLimitOf(evidence: Evidence): Limit | undefined {
    return collectorFilesOf(evidence).flatMap((file) =>
        Object.keys(mapAt(file.config, "extensions", "jaeger_storage", "backends")).flatMap((name) => {
            const keys = ["extensions", "jaeger_storage", "backends", name, "memory", "max_traces"];
            return limitAt(nameOfFile(file), file.config, keys);
        }),
    )[0];
}

function limitAt(resource: string, config: unknown, keys: string[]): Limit[] {
    const value = at(config, ...keys);
    return typeof value === "number" ? [{ resource, key: keys.join("."), value: String(value) }] : [];
}
