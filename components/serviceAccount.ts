import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Registers the service account of a workload that needs one of its own; returns its name. */
export function serviceAccount(
    resourceName: string,
    args: k8s.core.v1.ServiceAccountArgs | undefined,
    parent: pulumi.Resource,
): pulumi.Output<string> | undefined {
    return args && new k8s.core.v1.ServiceAccount(resourceName, args, { parent }).metadata.name;
}
