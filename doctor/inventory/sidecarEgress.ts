import { itemsOf } from "../../shared/cluster/facts";
import { selects } from "../../shared/kubernetes/labelSelectors";
import type { PodObject, SpecObject } from "../../shared/kubernetes/objects";
import type { Evidence } from "../evidence";

/**
 * The hosts that a Sidecar resource makes known to a sidecar:
 * https://istio.io/latest/docs/reference/config/networking/sidecar/
 */
export interface EgressListener {
    /** Without a port, all ports of the hosts are known. */
    port?: { number?: number };
    hosts?: string[];
}

/** A host in istiod's registry. */
export interface KnownHost {
    host: string;
    namespace: string;
    port: number;
}

/**
 * The Sidecar resource that applies to a pod: the one that selects its labels, its namespace's, otherwise the mesh's;
 * undefined without one.
 */
export function sidecarResourceOf(
    { metadata }: PodObject,
    { discovery, mesh }: Pick<Evidence, "discovery" | "mesh">,
): SpecObject | undefined {
    const sidecars = itemsOf(discovery.sidecars);
    const labelsOf = ({ spec }: SpecObject): Record<string, string> =>
        (spec?.["workloadSelector"] as { labels?: Record<string, string> } | undefined)?.labels ?? {};
    const own = sidecars.filter((sidecar) => sidecar.metadata.namespace === metadata.namespace);
    const wide = (sidecar: SpecObject): boolean => Object.keys(labelsOf(sidecar)).length === 0;
    return (
        own.find((one) => selects(labelsOf(one), metadata.labels ?? {})) ??
        own.find(wide) ??
        sidecars.find((one) => one.metadata.namespace === mesh.rootNamespace && wide(one))
    );
}

/** The egress listeners of a Sidecar resource. Without any, all hosts are known. */
export function egressOf({ spec }: SpecObject): EgressListener[] {
    return (spec?.["egress"] ?? []) as EgressListener[];
}

/** Whether a listener makes a host with a port known to a pod's sidecar. */
export function coversHost({ port, hosts = [] }: EgressListener, known: KnownHost, { metadata }: PodObject): boolean {
    if (port?.number !== undefined && port.number !== known.port) return false;
    return hosts.some((pattern) => {
        const [where = "", name = ""] = pattern.split("/");
        const home = where === "." ? metadata.namespace : where;
        if (where !== "*" && home !== known.namespace) return false;
        return name === "*" || name === known.host || (name.startsWith("*.") && known.host.endsWith(name.slice(1)));
    });
}
