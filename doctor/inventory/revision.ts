import { isReadBy } from "../../checks/mesh/objects";
import type { Fact } from "../../shared/cluster/facts";
import type { ClusterObject } from "../../shared/kubernetes/objects";
import type { Discovery } from "./objects";

/** Istio's kinds whose objects a control plane ignores if they have the label of another revision. */
const OF_A_REVISION = [
    ...(["telemetries", "serviceEntries", "destinationRules", "virtualServices", "sidecars", "envoyFilters"] as const),
    ...(["authorizationPolicies", "peerAuthentications"] as const),
];

/** The cluster's objects that the control plane of one revision reads. */
export function asReadBy(revision: string, discovery: Discovery): Discovery {
    const read = <T extends ClusterObject>(fact: Fact<T[] | undefined>): Fact<T[] | undefined> =>
        "failure" in fact ? fact : { value: fact.value?.filter((object) => isReadBy(object, revision)) };
    const changed = OF_A_REVISION.map((kind) => [kind, read<ClusterObject>(discovery[kind])]);
    return { ...discovery, ...(Object.fromEntries(changed) as Partial<Discovery>) };
}
