import { effectiveSampling } from "../../checks/telemetry/effectiveSampling";
import { podsWithoutSidecar, type InjectorConfig } from "../../checks/workload/sidecars";
import { itemsOf } from "../../shared/cluster/facts";
import type { ClusterObject, PodObject } from "../../shared/kubernetes/objects";
import { INJECTION_LABEL, REVISION_LABEL, SIDECAR_CONTAINER } from "../../shared/names/istio";
import { groupBy } from "../../shared/values/groupBy";
import { injectedBy, isInjectionOn, readMeshes, sidecarOf, type Mesh } from "./mesh";
import type { Discovery } from "./objects";
import { isRunning, keyOf, listWorkloadRates, toRates, type Rates, type WorkloadRates } from "./workloadRates";

/** A namespace that is in the mesh, or is intended to be. */
export interface NamespaceInventory {
    namespace: string;
    /** The label that decides whether its pods get sidecars. */
    injection: string;
    /** Revision of the control plane of most of its sidecars. */
    revision: string;
    pods: {
        running: number;
        injected: number;
        /** The number of injected pods whose sidecar is an init container. */
        native: number;
        /** Names of pods without a sidecar that Istio would inject today. */
        missing: string[];
    };
    /** The sampling of its workloads, except for those in `exceptions`. */
    sampling: Rates;
    /** Workloads with other rates, from their own Telemetry or proxy configuration. */
    exceptions: { workload: string; pods: number; sampling: Rates }[];
}

/** Every namespace with sidecars, or with a label that enables injection. */
export function listNamespaces(discovery: Discovery): NamespaceInventory[] {
    const meshes = readMeshes(discovery);
    const workloads = groupBy(listWorkloadRates(discovery), ({ namespace }) => namespace);
    const pods = groupBy(itemsOf(discovery.pods).filter(isRunning), ({ metadata }) => metadata.namespace ?? "");
    const objects = new Map(itemsOf(discovery.namespaces).map((object) => [object.metadata.name, object]));
    const labelled = [...objects.values()].filter(isInjectionOn).map(({ metadata }) => metadata.name);
    return [...new Set([...labelled, ...workloads.keys()])].sort().flatMap((namespace) => {
        const of = { object: objects.get(namespace), pods: pods.get(namespace) ?? [] };
        const mesh = meshOfMost(meshes, of);
        return mesh === undefined
            ? []
            : [readNamespace(namespace, of, workloads.get(namespace) ?? [], mesh, discovery)];
    });
}

interface Members {
    object: ClusterObject | undefined;
    pods: PodObject[];
}

function readNamespace(
    namespace: string,
    { object, pods }: Members,
    workloads: WorkloadRates[],
    mesh: Mesh,
    discovery: Discovery,
): NamespaceInventory {
    const injected = pods.filter((pod) => sidecarOf(pod) !== undefined);
    const native = injected.filter(({ spec }) => spec?.initContainers?.some(({ name }) => name === SIDECAR_CONTAINER));
    const missing = object === undefined ? [] : podsWithoutSidecar(object, pods, injectorOf(mesh, discovery));
    const sampling = toRates(
        effectiveSampling({
            mesh: mesh.config,
            telemetries: itemsOf(discovery.telemetries),
            revision: mesh.revision,
            rootNamespace: mesh.rootNamespace,
            namespace,
            pilotTraceSampling: mesh.pilotTraceSampling,
        }),
    );
    return {
        namespace,
        injection: describeInjection(object),
        revision: mesh.revision,
        pods: {
            running: pods.length,
            injected: injected.length,
            native: native.length,
            missing: missing.map(({ metadata }) => metadata.name),
        },
        sampling,
        exceptions: workloads
            .filter(({ rates }) => keyOf(rates) !== keyOf(sampling))
            .map(({ workload, rates, pods: { length } }) => ({ workload, pods: length, sampling: rates })),
    };
}

/** The control plane of most of a namespace's sidecars, or the one that its label names. */
function meshOfMost(meshes: Mesh[], { object, pods }: Members): Mesh | undefined {
    const revisions = pods.flatMap((pod) => injectedBy(pod) ?? []);
    const counted = [...groupBy(revisions, (revision) => revision).values()];
    const [most] = counted.sort((left, right) => right.length - left.length)[0] ?? [];
    const named = most ?? object?.metadata.labels?.[REVISION_LABEL] ?? "default";
    return (
        meshes.find(({ revision }) => revision === named) ??
        meshes.find(({ revision }) => revision === "default") ??
        meshes[0]
    );
}

/** The configuration of a control plane's injector; empty if it could not be read. */
export function injectorOf({ namespace, revision }: Mesh, { injectors }: Discovery): InjectorConfig {
    const found = itemsOf(injectors).find((one) => one.namespace === namespace && one.revision === revision);
    return found?.config ?? {};
}

function describeInjection(namespace: ClusterObject | undefined): string {
    const labels = namespace?.metadata.labels ?? {};
    const label = [INJECTION_LABEL, REVISION_LABEL, "istio.io/dataplane-mode"].find((key) => labels[key] !== undefined);
    return label === undefined ? "no label" : `${label}=${labels[label] ?? ""}`;
}
