import type { ClusterObject } from "../shared/kubernetes/objects";
import { serviceOf } from "./collector";
import { known } from "./discover";
import type { Mesh } from "./mesh";
import type { Discovery } from "./objects";

/** Where a host is defined, as far as istiod is concerned. */
export interface HostOrigins {
    /** Namespaces with a Service or ServiceEntry of that host, which istiod looks at. */
    seen: string[];
    /** Namespaces that have it and that the mesh's discoverySelectors leave out. */
    hidden: string[];
}

interface LabelSelector {
    matchLabels?: Record<string, string>;
    matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** The namespaces that define a host; a provider's service that is in none, or in several, is not found by istiod. */
export function originsOf(host: string, mesh: Mesh, discovery: Discovery): HostOrigins {
    const service = serviceOf(host, mesh.clusterDomain, known(discovery.services));
    const entries = known(discovery.serviceEntries).filter(({ spec }) =>
        ((spec?.["hosts"] ?? []) as string[]).includes(host),
    );
    const namespaces = [...(service === undefined ? [] : [service]), ...entries].map(
        ({ metadata }) => metadata.namespace ?? "",
    );
    const unique = [...new Set(namespaces)];
    const hidden = unique.filter((name) => isHidden(name, mesh, discovery));
    return { seen: unique.filter((name) => !hidden.includes(name)), hidden };
}

/** What a namespace lacks for istiod to look at it; undefined when that is more than one label. */
export function missingLabel({ config }: Mesh): [string, string] | undefined {
    const [first] = selectorsOf(config);
    const wanted = Object.entries(first?.matchLabels ?? {});
    return (first?.matchExpressions ?? []).length === 0 && wanted.length === 1 ? wanted[0] : undefined;
}

/** Source: https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-discovery_selectors */
function isHidden(name: string, { config }: Mesh, { namespaces }: Discovery): boolean {
    const selectors = selectorsOf(config);
    const home = known(namespaces).find(({ metadata }) => metadata.name === name);
    return selectors.length > 0 && home !== undefined && !selectors.some((selector) => fits(selector, home));
}

function selectorsOf(config: object): LabelSelector[] {
    return (config as { discoverySelectors?: LabelSelector[] }).discoverySelectors ?? [];
}

function fits({ matchLabels, matchExpressions }: LabelSelector, { metadata }: ClusterObject): boolean {
    const labels = metadata.labels ?? {};
    const expressed = (matchExpressions ?? []).every(({ key, operator, values = [] }) => {
        const value = labels[key];
        if (operator === "Exists") return value !== undefined;
        if (operator === "DoesNotExist") return value === undefined;
        const among = value !== undefined && values.includes(value);
        return operator === "In" ? among : !among;
    });
    return expressed && Object.entries(matchLabels ?? {}).every(([label, value]) => labels[label] === value);
}
