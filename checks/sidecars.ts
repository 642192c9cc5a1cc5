import type { ClusterObject, PodObject } from "./clusterObjects";
import { isInjected } from "./injection";
import type { Manifest } from "./manifest";

/** The sidecar's container; as a native sidecar it is an init container. */
export const SIDECAR = "istio-proxy";
/** Where Istio never injects: https://github.com/istio/istio/blob/release-1.31/pkg/kube/inject/inject.go (IgnoredNamespaces) */
const IGNORED = ["kube-system", "kube-public", "kube-node-lease", "local-path-storage"];

/** True for a pod with a sidecar, of either kind. */
export function hasSidecar({ spec }: PodObject): boolean {
    return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].some(({ name }) => name === SIDECAR);
}

/** Running pods without the sidecar that Istio would give them today: they are older than the label, or no injector answered. */
export function podsWithoutSidecar(namespace: ClusterObject, pods: PodObject[]): PodObject[] {
    if (IGNORED.includes(namespace.metadata.name)) return [];
    return pods.filter(({ metadata, spec, status }) => {
        const staying = status?.phase === "Running" && metadata.deletionTimestamp === undefined;
        if (!staying || hasSidecar({ metadata, spec })) return false;
        const template = {
            resource: `Pod ${metadata.name}`,
            namespace: metadata.namespace,
            metadata: { ...metadata } as Manifest,
            spec: { ...spec } as Manifest,
        };
        return isInjected(template, { ...namespace });
    });
}
