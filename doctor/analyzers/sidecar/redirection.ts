import { cniAgentOf, lacksRedirection } from "../../../checks/workload/redirection";
import { itemsOf } from "../../../shared/cluster/facts";
import type { PodObject } from "../../../shared/kubernetes/objects";
import { groupBy } from "../../../shared/values/groupBy";
import { enumerate } from "../../enumerate";
import type { Discovery } from "../../inventory/objects";
import { workloadOf } from "../../inventory/workload";
import type { DoctorFinding } from "../../segments";
import { draftFor, type Draft } from "../draft";

const INSTALL = "https://istio.io/latest/docs/setup/additional-setup/cni/";

/** Pods with sidecars that hang in `Init:CrashLoopBackOff`, by namespace, because Istio's CNI plugin did not do its work. */
export function redirectionMissing(discovery: Discovery): DoctorFinding[] {
    const hanging = itemsOf(discovery.pods).filter(lacksRedirection);
    return [...groupBy(hanging, ({ metadata }) => metadata.namespace ?? "")].map(([namespace, pods]) => {
        const workloads = [...new Set(pods.map(workloadOf))];
        const [first] = pods as [PodObject, ...PodObject[]];
        const { got, cure } = explainRedirection(first, discovery);
        return draftFor("entry")({
            id: "redirection-missing",
            severity: "warning",
            resource: `Namespace ${namespace}`,
            expected: "pods with sidecars whose init container istio-validation finds their traffic redirected",
            got: `${String(pods.length)} in Init:CrashLoopBackOff, of ${enumerate(workloads)}: ${got}`,
            cure,
            values: {},
        });
    });
}

/** Why nothing redirects the traffic of a pod, and the cure. */
export function explainRedirection(pod: PodObject, discovery: Discovery): Pick<Draft, "got" | "cure"> {
    const found = cniAgentOf(pod, itemsOf(discovery.pods));
    const again = "Hanging pods then start by themselves, at the latest after you delete them.";
    switch (found.state) {
        case "missing":
            return {
                got: "istiod relies on Istio's CNI plugin (cni.enabled), but its agent runs nowhere in the cluster",
                cure: `Install the agent (${INSTALL}; with this program, istio.cni.mode: install), or set cni.enabled of istiod to false. ${again}`,
            };
        case "absent":
            return {
                got: `no agent of Istio's CNI plugin runs on the node ${found.node}`,
                cure:
                    "Find out why the DaemonSet istio-cni-node has no pod there: taints, a node selector or an " +
                    `affinity. ${again}`,
            };
        case "unready":
            return {
                got: `the agent of Istio's CNI plugin on the node ${found.node}, Pod ${found.agent}, is not ready`,
                cure: `Find the reason: kubectl logs -n ${found.agent.replace("/", " ")}. ${again}`,
            };
        case "ready":
            return {
                got: `the agent of Istio's CNI plugin on the node ${found.node}, Pod ${found.agent}, is ready, but the node did not run the plugin for the pod`,
                cure:
                    "Delete the pods if they are older than the agent. Otherwise compare the agent's folders with " +
                    "those of the node's container runtime (cniBinDir and cniConfDir of the chart; with this " +
                    "program, istio.cni.binDir and confDir), and check whether the namespace is excluded " +
                    `(excludeNamespaces): kubectl logs -n ${found.agent.replace("/", " ")}`,
            };
    }
}
