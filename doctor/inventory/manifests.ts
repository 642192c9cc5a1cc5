import { tracingProvidersOf, type TracingProvider } from "../../checks/mesh/configuration";
import type { MeshConfigSource } from "../../checks/mesh/configurationSource";
import { type Fact, itemsOf } from "../../shared/cluster/facts";
import type { Manifest } from "../../shared/kubernetes/manifest";
import type { PodObject, WorkloadObject } from "../../shared/kubernetes/objects";
import { configMapOf, type Mesh } from "./mesh";
import type { Discovery } from "./objects";

/**
 * Objects as the checks expect them. The items of a list do not contain their kind.
 *
 * @param pods those that matter to a rule, of any workload.
 */
export function toManifests(
    discovery: Discovery,
    workloads: WorkloadObject[] = [],
    pods: PodObject[] = [],
): Manifest[] {
    const of = (apiVersion: string, kind: string, fact: Fact<object[] | undefined>): Manifest[] =>
        itemsOf(fact).map((object) => ({ apiVersion, kind, ...object }));
    return [
        ...of("v1", "Namespace", discovery.namespaces),
        ...of("v1", "Service", discovery.services),
        ...of("v1", "Pod", { value: pods }),
        ...workloads.map((object) => ({ apiVersion: "apps/v1", ...object })),
        ...of("telemetry.istio.io/v1", "Telemetry", discovery.telemetries),
        ...of("networking.istio.io/v1", "ServiceEntry", discovery.serviceEntries),
        ...of("networking.istio.io/v1", "DestinationRule", discovery.destinationRules),
        ...of("networking.istio.io/v1", "VirtualService", discovery.virtualServices),
        ...of("security.istio.io/v1", "AuthorizationPolicy", discovery.authorizationPolicies),
        ...of("security.istio.io/v1", "PeerAuthentication", discovery.peerAuthentications),
    ];
}

/** A live mesh configuration as the checks expect it. */
export function toMeshSource(mesh: Mesh): MeshConfigSource {
    const { configMap, rootNamespace, revision, config } = mesh;
    return {
        resource: `ConfigMap ${configMapOf(mesh)}`,
        object: { kind: "ConfigMap", ...configMap },
        rootNamespace,
        config: config as Manifest,
        ...{ values: {}, revision, hidden: false, dropped: [] },
    };
}

/** A provider of the mesh as the checks expect it. */
export function toProvider(mesh: Mesh, name: string): TracingProvider | undefined {
    return tracingProvidersOf(toMeshSource(mesh)).find((provider) => provider.name === name);
}
