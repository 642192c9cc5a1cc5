import { itemsOf } from "../../../shared/cluster/facts";
import type { Evidence } from "../../evidence";
import { fullName } from "../../inventory/mesh";
import type { PodObject, SpecObject } from "../../../shared/kubernetes/objects";
import { hasLabels } from "../../../shared/kubernetes/labelSelectors";

/** EnvoyFilters that count for a pod and say something of tracing, or take the whole HTTP filter chain away. */
export function filtersOfTracing(pod: PodObject, evidence: Pick<Evidence, "discovery" | "mesh">): string[] {
    return chosen(pod, evidence)
        .filter(({ spec }) => /tracing|random_sampling/i.test(JSON.stringify(spec?.["configPatches"] ?? [])))
        .map((filter) => `EnvoyFilter ${fullName(filter)}`);
}

/** EnvoyFilters that count for a pod, whatever they change. */
export function filtersOf(pod: PodObject, evidence: Pick<Evidence, "discovery" | "mesh">): string[] {
    return chosen(pod, evidence).map((filter) => `EnvoyFilter ${fullName(filter)}`);
}

function chosen({ metadata }: PodObject, { discovery, mesh }: Pick<Evidence, "discovery" | "mesh">): SpecObject[] {
    return itemsOf(discovery.envoyFilters).filter((filter) => {
        const home = filter.metadata.namespace;
        const { labels = {} } = (filter.spec?.["workloadSelector"] ?? {}) as { labels?: Record<string, string> };
        return (home === metadata.namespace || home === mesh.rootNamespace) && hasLabels(metadata.labels ?? {}, labels);
    });
}
