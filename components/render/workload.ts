import type * as pulumi from "@pulumi/pulumi";
import type { PodPolicy } from "../pods";
import type { ResourceRequirements } from "../resources";

/** Inputs that every workload of the program has. */
export interface WorkloadSpec {
    namespace: pulumi.Input<string>;
    image: string;
    imagePullPolicy: string;
    resources: ResourceRequirements;
    pods: PodPolicy;
    platformUserIds: boolean;
}

/** Inputs of a workload that reads its configuration from a ConfigMap. */
export interface ConfiguredWorkloadSpec extends WorkloadSpec {
    configMapName: pulumi.Input<string>;
    /** Restarts the pods when the configuration changes. */
    configHash: string;
}
