import {
    checkCrdOwnership,
    checkForeignControlPlanes,
    checkLeftoverWebhooks,
    checkMeshConfigOwnership,
} from "../../checks/cluster/istioInstallation";
import { checkKubernetesVersion, supportedRange } from "../../checks/cluster/kubernetesVersion";
import { versionOf } from "../../checks/mesh/controlPlane";
import type { Settings } from "../../components/settings";
import { isOwnedBy, type ClusterObject } from "../../shared/kubernetes/objects";
import type { ClusterFacts } from "./facts";
import { judge, type Outcome } from "./outcome";
import type { ProgramPlan } from "./program";

function kubernetesOutcome({ version }: ClusterFacts, { istio }: Settings): Outcome {
    const line = istio.version.split(".").slice(0, 2).join(".");
    return judge("Kubernetes version", [version], ([found]) => ({
        findings: checkKubernetesVersion(found ?? "", istio.version),
        passed: `${found ?? ""} is within ${supportedRange(line) ?? ""}`,
    }));
}

/** What an Istio of the program's own must find, and what it must not. */
export function ownIstioOutcomes(
    facts: ClusterFacts,
    plan: ProgramPlan,
    settings: Settings,
    update: boolean,
): Outcome[] {
    return [
        kubernetesOutcome(facts, settings),
        judge("other Istio", [facts.istiods], ([istiods]) => ({
            findings: checkForeignControlPlanes(istiods, plan.istiod, plan.revisions[0]),
            passed: describeOwn(istiods, plan, update),
        })),
        judge("Istio's webhooks", [facts.webhooks, facts.istiods], ([webhooks, istiods]) => ({
            findings: checkLeftoverWebhooks(webhooks, istiods, [plan.base, plan.istiod]),
            passed: "none left behind by another Istio",
        })),
        judge("Istio's CRDs", [facts.crds], ([crds]) => ({
            findings: checkCrdOwnership(crds, plan.base),
            passed:
                crds.length === 0 ? "none yet" : `${String(crds.length)}, owned by the Helm release ${plan.base.name}`,
        })),
        judge("mesh configuration", [facts.meshConfig, facts.istiods], ([configMap, istiods]) => ({
            findings: checkMeshConfigOwnership(configMap, istiods, plan.istiod),
            passed: configMap === undefined ? "none yet" : "belongs to the Helm release istiod",
        })),
    ];
}

function describeOwn(istiods: ClusterObject[], plan: ProgramPlan, update: boolean): string {
    const own = istiods.find((istiod) => isOwnedBy(istiod, plan.istiod));
    if (own === undefined) return "none installed: this will be a first install";
    return update
        ? `this program's Istio${versionOf(own)}: this will be an update`
        : `none except the Helm release ${plan.istiod.name} in ${plan.istiod.namespace}`;
}
