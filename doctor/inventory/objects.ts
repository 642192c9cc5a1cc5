import type { MeshConfigObject, TelemetryObject } from "../../checks/mesh/objects";
import type { InjectorConfig } from "../../checks/workload/sidecars";
import type { Fact } from "../../shared/cluster/facts";
import type { PlainObject } from "../../shared/values/plainObjects";
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
    spec?: {
        replicas?: number;
        template?: { metadata?: { labels?: Record<string, string> }; spec?: { containers?: ContainerObject[] } };
    };
    status?: { readyReplicas?: number };
}

/** The configuration that an istiod uses instead of a rejected text. */
export interface MeshInUse {
    configMap: ObjectName;
    config: Fact<MeshConfigObject>;
}

/** The configuration of an istiod's injector. */
export interface Injector {
    namespace: string;
    revision: string;
    config: InjectorConfig;
    /** `global.proxy` of the values with which Istio was installed; undefined if they could not be read. */
    proxyValues?: PlainObject;
}

/** The objects of a cluster. Each list has its own failure, so that missing rights only remove some lists. */
export interface Discovery {
    istiods: Fact<IstiodObject[]>;
    /** Mesh configurations by `NAMESPACE/NAME` of their ConfigMap, for the istiods that were found. */
    meshConfigMaps: Fact<ConfigMapObject[]>;
    /** The configurations in use of those istiods that reject the written ones. */
    meshesInUse?: MeshInUse[];
    /** The configurations of their injectors. */
    injectors: Fact<Injector[]>;
    namespaces: Fact<ClusterObject[]>;
    pods: Fact<PodObject[]>;
    services: Fact<ServiceObject[]>;
    endpointSlices: Fact<EndpointSliceObject[]>;
    /** Undefined if the cluster has no such CRD. */
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
