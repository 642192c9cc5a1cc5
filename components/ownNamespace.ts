import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { MANAGED_BY_LABEL } from "../shared/names/kubernetes";
import type { NamespacePolicy } from "./ownNamespaces";

/** A namespace of the program's. */
export interface HomeNamespace {
    /** What everything in it waits for. */
    resource: k8s.core.v1.Namespace;
    name: pulumi.Output<string>;
}

/**
 * Makes a namespace of the program's, or reads the one that somebody else made. One that was made before and is only read
 * from now on stays in the cluster, and leaves Pulumi's hands.
 */
export function ownNamespace(
    resourceName: string,
    name: string,
    { existing, labels: further, annotations }: NamespacePolicy,
    { labels: own = {}, ...options }: pulumi.CustomResourceOptions & { labels?: Record<string, string> } = {},
): HomeNamespace {
    if (existing) {
        const resource = k8s.core.v1.Namespace.get(resourceName, name, options);
        return { resource, name: resource.id };
    }
    const labels = { ...MADE_BY_PULUMI, ...further, ...own };
    const metadata = { name, labels, ...(Object.keys(annotations).length > 0 && { annotations }) };
    const resource = new k8s.core.v1.Namespace(resourceName, { metadata }, options);
    return { resource, name: resource.metadata.name };
}

/**
 * Without a single field of its own, a namespace would show no field manager: server-side apply lists managers by the
 * fields that they set. `npm run repair` tells by them what an interrupted run has created.
 */
const MADE_BY_PULUMI = { [MANAGED_BY_LABEL]: "pulumi" };
