import { checkCniAgent, checkCniNamespace } from "../../checks/cluster/cniAgent";
import type { ClusterFacts } from "./facts";
import { judge, type Outcome } from "./outcome";
import type { ProgramPlan } from "./program";

/** Whether pods find Istio's CNI agent on their nodes. */
export function cniOutcomes({ cniAgents, cniNamespace, releases }: ClusterFacts, { cni }: ProgramPlan): Outcome[] {
    const check = "Istio's CNI plugin";
    if (cni === undefined || cniAgents === undefined) return [];
    const { release } = cni;
    const isInstalled =
        release !== undefined &&
        "value" in releases &&
        releases.value.some(({ name, namespace }) => name === release.name && namespace === release.namespace);
    return [
        ...(release === undefined || cniNamespace === undefined
            ? []
            : [
                  judge(`namespace ${release.namespace}`, [cniNamespace], ([namespace]) => ({
                      findings: checkCniNamespace(release.namespace, namespace),
                      passed: "exists, and admits the CNI agent",
                  })),
              ]),
        judge(check, [cniAgents], ([agents]) => ({
            findings: checkCniAgent({ release, isInstalled }, agents),
            passed: agents.length === 0 ? "none yet: the program installs it" : "its agent is ready on every node",
        })),
    ];
}
