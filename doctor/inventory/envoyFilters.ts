import { targetsOf } from "../../checks/mesh/objects";
import { itemsOf } from "../../shared/cluster/facts";
import { hasLabels } from "../../shared/kubernetes/labelSelectors";
import type { PodObject, SpecObject } from "../../shared/kubernetes/objects";
import { GATEWAY_NAME_LABEL } from "../../shared/names/istio";
import { listAt, mapAt, textAt, type PlainObject } from "../../shared/values/plainObjects";
import type { Evidence } from "../evidence";
import { fullName } from "./mesh";

/** The EnvoyFilters that apply to a pod: those of its namespace and of the root namespace, by selector or target. */
export function filtersOf(
    { metadata }: PodObject,
    { discovery, mesh }: Pick<Evidence, "discovery" | "mesh">,
): SpecObject[] {
    const { labels = {} } = metadata;
    return itemsOf(discovery.envoyFilters).filter((filter) => {
        const home = filter.metadata.namespace;
        if (home !== metadata.namespace && home !== mesh.rootNamespace) return false;
        const targets = targetsOf({ spec: filter.spec });
        if (targets.length > 0)
            return targets.some(({ kind, name }) => kind === "Gateway" && name === labels[GATEWAY_NAME_LABEL]);
        return hasLabels(labels, mapAt(filter.spec, "workloadSelector", "labels"));
    });
}

/** The names of the EnvoyFilters that apply to a pod and have a patch of some kind. */
export function filtersWith(
    isMeant: (patch: PlainObject) => boolean,
    pod: PodObject,
    evidence: Pick<Evidence, "discovery" | "mesh">,
): string[] {
    return filtersOf(pod, evidence)
        .filter((filter) => patchesOf(filter).some(isMeant))
        .map(nameOfFilter);
}

/** An EnvoyFilter as findings name it. */
export function nameOfFilter(filter: SpecObject): string {
    return `EnvoyFilter ${fullName(filter)}`;
}

/** The patches of an EnvoyFilter, in order. */
export function patchesOf({ spec }: SpecObject): PlainObject[] {
    return listAt(spec, "configPatches");
}

/** The kind of Envoy's configuration that a patch changes, such as `CLUSTER`. */
export function applyTo(patch: PlainObject): string {
    return textAt(patch, "applyTo") ?? "";
}

/** The operation of a patch, such as `MERGE`. */
export function operationOf(patch: PlainObject): string {
    return textAt(patch, "patch", "operation") ?? "";
}

/** The value of a patch. */
export function valueOf(patch: PlainObject): unknown {
    return mapAt(patch, "patch")["value"];
}
