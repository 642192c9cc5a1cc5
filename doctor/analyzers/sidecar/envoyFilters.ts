import { itemsOf } from "../../../shared/cluster/facts";
import { hasLabels } from "../../../shared/kubernetes/labelSelectors";
import type { PodObject } from "../../../shared/kubernetes/objects";
import type { Evidence } from "../../evidence";
import { fullName } from "../../inventory/mesh";

/** EnvoyFilters that count for a pod and say something of tracing, or take the whole HTTP filter chain away. */
export function filtersOfTracing({ metadata }: PodObject, { discovery, mesh }: Evidence): string[] {
    return itemsOf(discovery.envoyFilters)
        .filter((filter) => {
            const home = filter.metadata.namespace;
            const { labels = {} } = (filter.spec?.["workloadSelector"] ?? {}) as { labels?: Record<string, string> };
            const chosen = hasLabels(metadata.labels ?? {}, labels);
            return (home === metadata.namespace || home === mesh.rootNamespace) && chosen;
        })
        .filter(({ spec }) => /tracing|random_sampling/i.test(JSON.stringify(spec?.["configPatches"] ?? [])))
        .map((filter) => `EnvoyFilter ${fullName(filter)}`);
}
