import type { ClusterObject, EndpointSliceObject, ServicePort } from "../checks/clusterObjects";
import type { TelemetryObject } from "../checks/meshObjects";
import type { InjectorConfig } from "../checks/sidecars";
import type { Fact } from "../shared/cluster/client";

/** A Pod, as far as the doctor reads it. */
export interface PodObject extends ClusterObject {
    spec?: {
        hostNetwork?: boolean;
        serviceAccountName?: string;
        containers?: ContainerObject[];
        initContainers?: ContainerObject[];
        volumes?: { configMap?: { name?: string } }[];
    };
    status?: {
        phase?: string;
        podIP?: string;
        conditions?: { type: string; status: string }[];
        containerStatuses?: ContainerStatus[];
    };
}

/** A container of a {@link PodObject}. */
export interface ContainerObject {
    name: string;
    env?: { name: string; value?: string }[];
    args?: string[];
    ports?: { name?: string; containerPort: number }[];
}

/** What became of a container. */
export interface ContainerStatus {
    name: string;
    restartCount?: number;
    lastState?: { terminated?: { reason?: string; finishedAt?: string } };
}

/** A Service with what it selects. */
export interface SelectingService extends ClusterObject {
    spec?: {
        type?: string;
        selector?: Record<string, string>;
        ports?: (ServicePort & { targetPort?: number | string })[];
    };
}

/** The Deployment of an istiod. */
export interface IstiodObject extends ClusterObject {
    spec?: { template?: { metadata?: { labels?: Record<string, string> }; spec?: { containers?: ContainerObject[] } } };
    status?: { readyReplicas?: number };
}

/** What makes pods; the items of a list do not say their kind. */
export interface WorkloadObject extends ClusterObject {
    kind: "Deployment" | "StatefulSet" | "DaemonSet";
    spec?: {
        replicas?: number;
        selector?: { matchLabels?: Record<string, string> };
        template?: { metadata?: { labels?: Record<string, string> }; spec?: { containers?: ContainerObject[] } };
    };
}

/** A ConfigMap. */
export interface ConfigMapObject extends ClusterObject {
    data?: Record<string, string>;
}

/** What the injector of an istiod was told. */
export interface Injector {
    namespace: string;
    revision: string;
    config: InjectorConfig;
}

/** An object of which the doctor reads single fields of its `spec`. */
export interface SpecObject extends ClusterObject {
    spec?: Record<string, unknown>;
}

/** All that is known of a cluster, each list with its own failure: fewer rights mean fewer facts. */
export interface Discovery {
    istiods: Fact<IstiodObject[]>;
    /** Mesh configurations by `NAMESPACE/NAME` of their ConfigMap, for the istiods found. */
    meshConfigMaps: Fact<ConfigMapObject[]>;
    /** What their injectors were told. */
    injectors: Fact<Injector[]>;
    namespaces: Fact<ClusterObject[]>;
    pods: Fact<PodObject[]>;
    services: Fact<SelectingService[]>;
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
