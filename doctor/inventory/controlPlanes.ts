import { itemsOf } from "../../shared/cluster/facts";
import { configMapOf, injectedBy, readMeshes, tracingProvidersIn, type Mesh } from "./mesh";
import type { Discovery } from "./objects";
import { isRunning } from "./workloadRates";

/** An istiod and its configuration. */
export interface ControlPlane {
    revision: string;
    version: string;
    installer: string;
    namespace: string;
    /** Its pods that are ready. */
    ready: number;
    rootNamespace: string;
    /** ConfigMap of its mesh configuration. */
    configMap: string;
    /** Extension providers that accept spans. */
    providers: { name: string; kind: string; address: string }[];
    /** Providers of `defaultProviders.tracing`. */
    defaultProviders: string[];
    /** Running pods with a sidecar of this revision. */
    sidecars: number;
    /** True for the control plane of the path that was probed. */
    probed: boolean;
}

/** Every control plane, that of the probed path first. */
export function listControlPlanes(discovery: Discovery, probed: Mesh): ControlPlane[] {
    const revisions = itemsOf(discovery.pods)
        .filter(isRunning)
        .map((pod) => injectedBy(pod));
    const istiods = itemsOf(discovery.istiods);
    return readMeshes(discovery)
        .map((mesh, index) => {
            const { revision, version, installer, namespace, rootNamespace, config } = mesh;
            const configMap = configMapOf(mesh);
            return {
                ...{ revision, version, installer, namespace, rootNamespace, configMap },
                ready: istiods[index]?.status?.readyReplicas ?? 0,
                providers: tracingProvidersIn(config),
                defaultProviders: config.defaultProviders?.tracing ?? [],
                sidecars: revisions.filter((one) => one === revision).length,
                probed: revision === probed.revision && namespace === probed.namespace,
            };
        })
        .sort((left, right) => Number(right.probed) - Number(left.probed));
}
