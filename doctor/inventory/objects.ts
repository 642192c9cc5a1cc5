import type { MeshConfigObject, TelemetryObject } from "../../checks/mesh/objects";
import type { InjectorConfig } from "../../checks/workload/sidecars";
import type { Fact } from "../../shared/cluster/facts";
import type { ObjectName } from "../../shared/kubernetes/manifest";
import type {
    ClusterObject,
    ConfigMapObject,
    ContainerObject,
    EndpointSliceObject,
    PodObject,
    ServiceObject,
    SpecObject,
} from "../../shared/kubernetes/objects";

/** The Deployment of an istiod. */
export interface IstiodObject extends ClusterObject {
    spec?: { template?: { metadata?: { labels?: Record<string, string> }; spec?: { containers?: ContainerObject[] } } };
    status?: { readyReplicas?: number };
}

/** What an istiod uses in the place of a text that it refused. */
export interface MeshInUse {
    configMap: ObjectName;
    config: Fact<MeshConfigObject>;
}

/** What the injector of an istiod was told. */
export interface Injector {
    namespace: string;
    revision: string;
    config: InjectorConfig;
}

/** All that is known of a cluster, each list with its own failure: fewer rights mean fewer facts. */
export interface Discovery {
    istiods: Fact<IstiodObject[]>;
    /** Mesh configurations by `NAMESPACE/NAME` of their ConfigMap, for the istiods found. */
    meshConfigMaps: Fact<ConfigMapObject[]>;
    /** What those istiods use that refuse what is written there. */
    meshesInUse?: MeshInUse[];
    /** What their injectors were told. */
    injectors: Fact<Injector[]>;
    namespaces: Fact<ClusterObject[]>;
    pods: Fact<PodObject[]>;
    services: Fact<ServiceObject[]>;
    endpointSlices: Fact<EndpointSliceObject[]>;
    /** Undefined when the cluster has no such CRD. */
    telemetries: Fact<TelemetryObject[] | undefined>;
    serviceEntries: Fact<SpecObject[]>;
    destinationRules: Fact<SpecObject[]>;
    virtualServices: Fact<SpecObject[]>;
    sidecars: Fact<SpecObject[]>;
    envoyFilters: Fact<SpecObject[]>;
    authorizationPolicies: Fact<SpecObject[]>;
    peerAuthentications: Fact<SpecObject[]>;
    /** Webhooks that inject sidecars, without their content. */
    injectionWebhooks: Fact<ClusterObject[]>;
}
