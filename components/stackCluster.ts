import * as pulumi from "@pulumi/pulumi";
import type { ClusterClient } from "../shared/cluster/client";

/** The cluster of a stack, or why the program cannot ask it. */
export type StackCluster = { client: ClusterClient } | { reason: string };

/** Time limit for each answer. */
const ANSWER_SECONDS = 10;

/**
 * Opens the cluster of Pulumi's default Kubernetes provider, with the kubeconfig and the context that the provider uses.
 * Pulumi reads an object by its name; only the API server itself lists those of others, whose names nobody knows.
 *
 * Undefined in a plan without a cluster.
 *
 * @param parent the component that asks. One with a provider of its own has no cluster that the program knows.
 * @default the stack itself
 */
export async function openStackCluster(parent?: pulumi.Resource): Promise<StackCluster | undefined> {
    const config = pulumi.runtime.allConfig();
    const { "kubernetes:kubeconfig": kubeconfig, "kubernetes:context": context } = config;
    // Under Pulumi's mocks, the cluster of the environment is nobody's business.
    if (kubeconfig === undefined && "mocks" in (pulumi.runtime.getMonitor() ?? {})) return undefined;
    if (parent?.getProvider("kubernetes:core/v1:ConfigMap") !== undefined)
        return { reason: "the component has its own Kubernetes provider" };
    if (config["kubernetes:cluster"] !== undefined)
        return { reason: "kubernetes:cluster overrides the context's cluster" };
    const { CannotLook, kubeconfigContent, openTarget, openClient } = loadClient();
    try {
        const target = openTarget({
            ...(kubeconfig !== undefined && { kubeconfig: kubeconfigContent(kubeconfig, process.cwd()) }),
            ...(context !== undefined && { context }),
        });
        return { client: await openClient(target, ANSWER_SECONDS) };
    } catch (error) {
        if (error instanceof CannotLook) return { reason: error.message };
        throw error;
    }
}

/** The client takes half a second to load, which a program that asks nothing must not wait for. */
function loadClient(): Pick<
    typeof import("../shared/cluster/target"),
    "CannotLook" | "kubeconfigContent" | "openTarget"
> &
    Pick<typeof import("../shared/cluster/client"), "openClient"> {
    /* oxlint-disable typescript/no-require-imports -- loaded only where it is used */
    const target = require("../shared/cluster/target") as typeof import("../shared/cluster/target");
    const client = require("../shared/cluster/client") as typeof import("../shared/cluster/client");
    /* oxlint-enable typescript/no-require-imports */
    return { ...target, ...client };
}
