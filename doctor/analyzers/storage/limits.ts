import { at, mapAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { collectorFilesOf, kindOf, nameOfFile, pipelinesOf } from "../../inventory/collectorPipelines";

/** A limit in the collector's configuration, with the file and the key at which it stands. */
export interface Limit {
    resource: string;
    key: string;
    value: string;
}

/** How many traces Jaeger keeps in memory. */
export function traceLimitOf(evidence: Evidence): Limit | undefined {
    return collectorFilesOf(evidence).flatMap((file) =>
        Object.keys(mapAt(file.config, "extensions", "jaeger_storage", "backends")).flatMap((name) => {
            const keys = ["extensions", "jaeger_storage", "backends", name, "memory", "max_traces"];
            return limitAt(nameOfFile(file), file.config, keys);
        }),
    )[0];
}

/** How much memory the collector may use before it refuses spans. */
export function memoryLimitOf(evidence: Evidence): Limit | undefined {
    return collectorFilesOf(evidence).flatMap((file) =>
        pipelinesOf(file.config)
            .flatMap(({ processors }) => processors)
            .filter((name) => kindOf(name) === "memory_limiter")
            .flatMap((name) =>
                ["limit_mib", "limit_percentage"].flatMap((field) =>
                    limitAt(nameOfFile(file), file.config, ["processors", name, field]),
                ),
            ),
    )[0];
}

function limitAt(resource: string, config: unknown, keys: string[]): Limit[] {
    const value = at(config, ...keys);
    return typeof value === "number" ? [{ resource, key: keys.join("."), value: String(value) }] : [];
}
