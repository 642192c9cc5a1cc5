import type { WorkloadObject } from "../../../shared/kubernetes/objects";
import { readCreationFailure, type CreationFailure } from "../../inventory/podFailures";
import { fullName } from "../../inventory/mesh";
import { nameForKubectl } from "../../inventory/workload";
import { warningsAbout, type PodEvidence, type PodTrouble } from "./trouble";

/** What rejects the pods that a workload wants to create: a quota, a policy, a webhook, or a missing object. */
export function notCreated(workload: WorkloadObject, evidence: PodEvidence): PodTrouble | undefined {
    const message = failureOf(workload, evidence);
    if (message === undefined) return undefined;
    const name = `${workload.kind} ${fullName(workload)}`;
    const { resource, got, cure } = explain(readCreationFailure(message), workload);
    return { id: "pods-not-created", resource, got: `${got}, so ${name} creates no pod`, cure, commands: [] };
}

/** Of a Deployment, its condition, which Kubernetes removes afterwards. Of others, their events, which stay for an hour. */
function failureOf(workload: WorkloadObject, evidence: PodEvidence): string | undefined {
    const { kind, metadata, spec, status } = workload;
    if (spec?.replicas === 0) return undefined;
    if (kind === "Deployment")
        return (status?.conditions ?? []).find(({ type, status: is }) => type === "ReplicaFailure" && is === "True")
            ?.message;
    return warningsAbout(kind, metadata, evidence)
        .filter(({ reason }) => reason === "FailedCreate")
        .at(-1)?.message;
}

type Words = Pick<PodTrouble, "resource" | "got" | "cure">;

function explain(failure: CreationFailure, object: WorkloadObject): Words {
    const { namespace = "" } = object.metadata;
    const workload = `${object.kind} ${fullName(object)}`;
    const rollout = `${nameForKubectl(object)} -n ${namespace}`;
    switch (failure.by) {
        case "quota": {
            const { name, requested, used, limited } = failure;
            return {
                resource: `ResourceQuota ${namespace}/${name}`,
                got: `requested ${requested}, used ${used}, limited to ${limited}`,
                cure: `Raise these limits to at least what is used plus what is requested, or lower the requests of the pods. Ask the owner of the quota. Kubernetes then tries again within a quarter of an hour, or at once after: kubectl rollout restart ${rollout}`,
            };
        }
        case "quotaRequires":
            return {
                resource: `ResourceQuota ${namespace}/${failure.name}`,
                got: failure.what,
                cure: "Set these requests and limits in the containers of the workload (stack setting: resources), or add a LimitRange with defaults.",
            };
        case "limitRange":
            return {
                resource: workload,
                got: `a LimitRange of the namespace ${namespace} rejects its pods: ${failure.rule}`,
                cure: `Change the requests and limits of the containers to fit (stack setting: resources), or the LimitRange: kubectl get limitranges -n ${namespace} -o yaml`,
            };
        case "podSecurity":
            return {
                resource: `Namespace ${namespace}`,
                got: `Pod Security ${failure.level} rejects the pods: ${failure.violations}`,
                cure: /istio-init|NET_ADMIN/.test(failure.violations)
                    ? "Use Istio's CNI plugin instead of the init container istio-init (stack setting: istio.cni.mode), or ask the owner of the namespace for another level (label pod-security.kubernetes.io/enforce)."
                    : "Set what the message names in the securityContext of the pods, or ask the owner of the namespace for another level (label pod-security.kubernetes.io/enforce).",
            };
        case "webhookDenied":
            return {
                resource: `admission webhook ${failure.name}`,
                got: `it denies the pods: ${failure.said}`,
                cure: "Change the pods to comply with its policy, or ask its owner for an exception.",
            };
        case "webhookFailed":
            return {
                resource: `admission webhook ${failure.name}`,
                got: `the API server cannot call it: ${failure.said}`,
                cure: failure.name.includes("istio.io")
                    ? "Sidecars are injected by istiod. Find out why it does not answer: kubectl get pods -A -l app=istiod. If it is ready, the API server cannot reach it: allow TCP port 15017 from the control plane to the nodes."
                    : "Start the pods behind the webhook, or ask its owner to admit pods while it is down (failurePolicy: Ignore): kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations",
            };
        case "serviceAccount":
            return {
                resource: workload,
                got: `the ServiceAccount ${namespace}/${failure.name} does not exist`,
                cure: `Create it (kubectl create serviceaccount ${failure.name} -n ${namespace}), or correct serviceAccountName.`,
            };
        case "priorityClass":
            return {
                resource: workload,
                got: `the PriorityClass ${failure.name} does not exist`,
                cure: "Create it, or correct priorityClassName (stack setting: pods).",
            };
        case "other":
            return {
                resource: workload,
                got: `the API server rejects its pods: ${failure.said}`,
                cure: "Correct what the message names.",
            };
    }
}
