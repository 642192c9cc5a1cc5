import { jaegerConfigsOf } from "../../../checks/jaeger/configuration";
import { itemsOf } from "../../../shared/cluster/facts";
import type { PodObject } from "../../../shared/kubernetes/objects";
import { at, isPlainObject, mapAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { parseText } from "../../parseText";

/** The storages that no two Jaegers share. */
const OWN = ["memory", "badger"] as const;

/**
 * The storage that a Jaeger shares with no other: that of its configuration, or the memory that it uses without one.
 * Undefined for a shared storage, and for pods that are no Jaeger.
 */
export function ownStorageOf(
    pod: PodObject,
    { collectorFiles }: Pick<Evidence, "collectorFiles">,
): (typeof OWN)[number] | undefined {
    const containers = pod.spec?.containers ?? [];
    const jaeger = containers.find(({ image }) => /\bjaeger(?:tracing)?\/(?:jaeger|all-in-one)\b/.test(image ?? ""));
    const names = (pod.spec?.volumes ?? []).flatMap(({ configMap, projected }) =>
        [configMap, ...(projected?.sources ?? []).map((source) => source.configMap)].flatMap((one) => one?.name ?? []),
    );
    const configs = itemsOf(collectorFiles)
        .filter(({ metadata }) => metadata.namespace === pod.metadata.namespace && names.includes(metadata.name))
        .flatMap((object) => jaegerConfigsOf({ kind: "ConfigMap", ...object }, parseText));
    if (configs.length > 0) {
        const all = configs.flatMap(({ config }) => backends(config));
        return OWN.find((kind) => all.some((one) => one[kind] !== undefined));
    }
    if (jaeger === undefined || "failure" in collectorFiles) return undefined;
    const { args = [], env = [] } = jaeger;
    const type = env.find(({ name }) => name === "SPAN_STORAGE_TYPE")?.value ?? "memory";
    if (args.some((word) => /^--(?:config|set)\b/.test(word))) return undefined;
    return OWN.find((kind) => kind === type);
}

function backends(config: Record<string, unknown>): Record<string, unknown>[] {
    return Object.values(mapAt(at(config, "extensions", "jaeger_storage"), "backends")).filter(isPlainObject);
}
