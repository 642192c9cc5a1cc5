import { isReadBy } from "../../checks/mesh/objects";
import { itemsOf } from "../../shared/cluster/facts";
import { matchesSelector, type LabelSelector } from "../../shared/kubernetes/labelSelectors";
import { serviceOf } from "./collector";
import type { Mesh } from "./mesh";
import type { Discovery } from "./objects";

/** Where a host is defined for istiod. */
export interface HostOrigins {
    /** Namespaces that istiod watches, with a Service or ServiceEntry of that host. */
    seen: string[];
    /** Namespaces that have it, but that the mesh's discoverySelectors exclude. */
    hidden: string[];
}

/** The namespaces that define a host. istiod does not find a provider's service that none or several of them define. */
export function originsOf(host: string, mesh: Mesh, discovery: Discovery): HostOrigins {
    const service = serviceOf(host, mesh.clusterDomain, itemsOf(discovery.services));
    const entries = itemsOf(discovery.serviceEntries).filter(
        (entry) => isReadBy(entry, mesh.revision) && ((entry.spec?.["hosts"] ?? []) as string[]).includes(host),
    );
    const namespaces = [...(service === undefined ? [] : [service]), ...entries].map(
        ({ metadata }) => metadata.namespace ?? "",
    );
    const unique = [...new Set(namespaces)];
    const hidden = unique.filter((name) => isHidden(name, mesh, discovery));
    return { seen: unique.filter((name) => !hidden.includes(name)), hidden };
}

/** The missing label for istiod to watch a namespace; undefined if more than one label is missing. */
export function missingLabel({ config }: Mesh): [string, string] | undefined {
    const [first] = selectorsOf(config);
    const wanted = Object.entries(first?.matchLabels ?? {});
    return (first?.matchExpressions ?? []).length === 0 && wanted.length === 1 ? wanted[0] : undefined;
}

/** Source: https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-discovery_selectors */
function isHidden(name: string, { config }: Mesh, { namespaces }: Discovery): boolean {
    const selectors = selectorsOf(config);
    const home = itemsOf(namespaces).find(({ metadata }) => metadata.name === name);
    return (
        selectors.length > 0 &&
        home !== undefined &&
        !selectors.some((selector) => matchesSelector(selector, home.metadata.labels ?? {}))
    );
}

function selectorsOf(config: object): LabelSelector[] {
    return (config as { discoverySelectors?: LabelSelector[] }).discoverySelectors ?? [];
}
