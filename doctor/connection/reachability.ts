import type { ClusterClient } from "../../shared/cluster/client";
import { CannotLook, type Target } from "../../shared/cluster/target";

/** @throws CannotLook if the API server does not answer, or rejects this user. */
export async function requireReachable(client: ClusterClient, { server, context, user }: Target): Promise<void> {
    const resource = `${server} (context ${context})`;
    const fact = await client.get<{ gitVersion?: string }>("/version");
    if ("value" in fact) {
        if (fact.value?.gitVersion !== undefined) return;
        throw new CannotLook({
            id: "cluster-reachable",
            resource,
            expected: "a Kubernetes API server",
            got: "another kind of server, which has no /version",
            cure: "Correct the server of this context in the kubeconfig.",
        });
    }
    const { kind, reason } = fact.failure;
    if (kind === "unauthorized" || kind === "forbidden") {
        throw new CannotLook({
            id: "cluster-credentials",
            resource,
            expected: `a server that knows the kubeconfig's user ${user}`,
            got: reason,
            cure: `Log in again or get a new kubeconfig, until this command works: kubectl auth whoami`,
        });
    }
    const until = "until this command works: kubectl version";
    throw new CannotLook({
        id: "cluster-reachable",
        resource,
        expected: "an answer from the Kubernetes API server",
        got: reason,
        cure:
            kind === "unexpected"
                ? `Correct the server of this context in the kubeconfig, or wait ${until}`
                : `Start the cluster, the VPN or the tunnel, ${until}`,
    });
}
