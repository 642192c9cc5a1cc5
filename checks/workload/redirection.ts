import type { PodObject } from "../../shared/kubernetes/objects";

/** The init container by which a pod with a sidecar looks whether Istio's CNI plugin redirects its traffic. */
const VALIDATION = "istio-validation";

/** A label of the pods of Istio's CNI agent, and its value. */
const AGENT = ["k8s-app", "istio-cni-node"] as const;

/** True for a pod that cannot start, because nothing redirects its traffic: `Init:CrashLoopBackOff` in kubectl's list. */
export function lacksRedirection({ status }: PodObject): boolean {
    return (status?.initContainerStatuses ?? []).some(
        ({ name, state, lastState }) =>
            name === VALIDATION &&
            // Between two tries, in a try that follows a failed one, or after a failed one.
            (state?.waiting?.reason === "CrashLoopBackOff" ||
                (state?.terminated ?? lastState?.terminated)?.reason === "Error"),
    );
}

/** What is known of Istio's CNI agent on the node of a pod. */
export type CniAgentState =
    | { state: "missing" }
    | { state: "absent"; node: string }
    | { state: "unready" | "ready"; node: string; agent: string };

/**
 * The agent that ought to have redirected a pod's traffic.
 *
 * @param pods every pod of the cluster.
 */
export function cniAgentOf({ spec }: PodObject, pods: PodObject[]): CniAgentState {
    const agents = pods.filter(({ metadata }) => metadata.labels?.[AGENT[0]] === AGENT[1]);
    if (agents.length === 0) return { state: "missing" };
    const node = spec?.nodeName ?? "";
    const agent = agents.find((one) => one.spec?.nodeName === node);
    if (agent === undefined) return { state: "absent", node };
    const isReady =
        agent.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") === true;
    const name = `${agent.metadata.namespace ?? ""}/${agent.metadata.name}`;
    return { state: isReady ? "ready" : "unready", node, agent: name };
}
