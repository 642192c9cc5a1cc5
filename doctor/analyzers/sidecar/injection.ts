import type { ClusterObject, PodObject } from "../../../shared/kubernetes/objects";
import { revisionOf } from "../../../checks/mesh/controlPlane";
import { itemsOf } from "../../../shared/cluster/facts";
import type { Evidence } from "../../evidence";
import { injectorRefusal, type InjectorConfig } from "../../../checks/workload/sidecars";
import { isInjectionOn, type Mesh } from "../../inventory/mesh";
import { injectorOf } from "../../inventory/namespaces";
import { restartCommands, rollableOf, waitCommands } from "../../inventory/workload";
import type { Command } from "../../remediation/commands";
import type { Draft } from "../draft";
import { INJECT_LABEL, INJECTION_LABEL, REVISION_LABEL } from "../../../shared/names/istio";

type Blame = Pick<Draft, "got" | "cure" | "commands">;

/** A pod that has no sidecar, and why. */
export function missingSidecar(pod: PodObject, evidence: Evidence, values: Record<string, string>): Draft {
    return {
        id: "sidecar-missing",
        resource: `Pod ${pod.metadata.namespace ?? ""}/${pod.metadata.name}`,
        expected: "a container istio-proxy among its containers or its init containers",
        ...(ownRefusal(pod) ?? blameNamespace(pod, evidence)),
        values,
    };
}

/** Fields of the pod that prevent a sidecar. */
function ownRefusal(pod: PodObject): Blame | undefined {
    if (pod.spec?.hostNetwork === true) {
        const got = "none, because the pod uses the node's network, where sidecars are not possible";
        return { got, cure: "Remove hostNetwork from its pod template." };
    }
    const { labels, annotations } = pod.metadata;
    const asked = labels?.[INJECT_LABEL] ?? annotations?.[INJECT_LABEL];
    if (asked !== "false") return undefined;
    const workload = rollableOf(pod);
    const template = {
        metadata: { labels: { [INJECT_LABEL]: "true" }, annotations: { [INJECT_LABEL]: null } },
    };
    return {
        got: 'none, because sidecar.istio.io/inject is "false"',
        cure: "Enable injection in its pod template.",
        commands: workload === undefined ? [] : templateCommands(workload, pod, template),
    };
}

function blameNamespace(pod: PodObject, { discovery, mesh }: Evidence): Blame {
    const { namespace = "" } = pod.metadata;
    if ("failure" in discovery.namespaces) {
        const got = `none; the labels of the namespace ${namespace} could not be read`;
        return {
            got,
            cure: `Check the namespace's labels, then restart the workload: kubectl get namespace ${namespace} --show-labels`,
        };
    }
    const home = itemsOf(discovery.namespaces).find(({ metadata }) => metadata.name === namespace);
    // Only their owner can recreate some pods.
    const again = rollableOf(pod) === undefined ? "ask its owner to recreate the pod." : "restart the workload.";
    const labelled = [labelCommand(namespace, mesh), ...restartCommands(pod)];
    if (!isInjectionOn(home)) {
        const got = `none, because the namespace ${namespace} has no label that enables injection`;
        return { got, cure: `Label the namespace, then ${again}`, commands: labelled };
    }
    const revision = revisionAskedFor(home);
    const there = "value" in discovery.injectionWebhooks ? revisionsOf(discovery.injectionWebhooks.value) : undefined;
    if (there?.length === 0) {
        const got = "none, because the cluster has no webhook that injects sidecars";
        return {
            got,
            cure: `Install istiod of the revision ${mesh.revision} again with its installer (${mesh.installer}), then ${again}`,
        };
    }
    if (!isServed(mesh, discovery)) {
        const got = `none, although its namespace enables injection, because no pod of istiod (revision ${mesh.revision}) is ready`;
        return {
            got,
            cure: `Find out why istiod is not ready: kubectl describe deployment -n ${mesh.namespace} -l app=istiod. When it is ready, ${again}`,
        };
    }
    if (there !== undefined && !there.includes(revision)) {
        return {
            got: `none, because the namespace ${namespace} names the revision ${revision}, but webhooks exist only for ${there.join(", ") || "no revision"}`,
            cure: `Label the namespace with an existing revision or revision tag, then ${again}`,
            commands: labelled,
        };
    }
    const refused = refusedByInjector(pod, mesh, discovery);
    if (refused !== undefined) return refused;
    return {
        got: "none, although its namespace enables injection: the pod is older than the label, or the webhook did not answer",
        cure: `Everything else looks correct: ${again}`,
        commands: restartCommands(pod),
    };
}

/** An injector whose own configuration leaves the pod out. A label of the pod itself takes precedence over it. */
function refusedByInjector(pod: PodObject, mesh: Mesh, discovery: Evidence["discovery"]): Blame | undefined {
    const field = injectorRefusal(pod.metadata.labels ?? {}, injectorOf(mesh, discovery));
    if (field === undefined) return undefined;
    const workload = rollableOf(pod);
    const template = { metadata: { labels: { [INJECT_LABEL]: "true" } } };
    const { says, value } = INJECTOR_FIELDS[field];
    return {
        got: `none, although its namespace enables injection: ${says} (${value} in the values of istiod's installer, ${mesh.installer})`,
        cure: `Change that value, then restart the workload, or label the pod template ${INJECT_LABEL}: "true", which takes precedence.`,
        commands: workload === undefined ? [] : templateCommands(workload, pod, template),
    };
}

/** What keeps an injector from a pod, and the Helm value of istiod behind it. */
const INJECTOR_FIELDS: Record<keyof InjectorConfig, { says: string; value: string }> = {
    policy: { says: "the injector's policy is disabled", value: "global.proxy.autoInject" },
    neverInjectSelector: {
        says: "neverInjectSelector of the injector selects the pod",
        value: "sidecarInjectorWebhook.neverInjectSelector",
    },
};

/** False if no pod of the control plane is ready. A restarted pod would then not start. */
function isServed({ revision, namespace }: Mesh, discovery: Evidence["discovery"]): boolean {
    const istiod = itemsOf(discovery.istiods).find(
        (one) => one.metadata.namespace === namespace && revisionOf(one) === revision,
    );
    return istiod === undefined || (istiod.status?.readyReplicas ?? 0) > 0;
}

/** The revision or tag that a namespace names. The label without one means the default. */
function revisionAskedFor(namespace: ClusterObject | undefined): string {
    const labels = namespace?.metadata.labels ?? {};
    return labels[INJECTION_LABEL] === undefined ? (labels[REVISION_LABEL] ?? "default") : "default";
}

/** Revisions and tags with an injector: https://istio.io/latest/docs/setup/upgrade/canary/#stable-revision-labels */
function revisionsOf(webhooks: ClusterObject[]): string[] {
    const names = webhooks.flatMap(({ metadata }) => {
        const { "istio.io/tag": tag, [REVISION_LABEL]: revision } = metadata.labels ?? {};
        return tag ?? revision ?? [];
    });
    return [...new Set(names)];
}

/** Changes the template by which a workload makes its pods, and waits for new ones. */
export function templateCommands(workload: string, pod: PodObject, template: object): Command[] {
    const [kind = "", name = ""] = workload.split("/");
    const { namespace, annotations, labels } = pod.metadata;
    const object = { metadata: { name, namespace, annotations, labels } };
    return [{ verb: "merge", kind, object, patch: { spec: { template } } }, ...waitCommands(pod)];
}

function labelCommand(namespace: string, { revision }: Mesh): Command {
    const labels =
        revision === "default"
            ? { [INJECTION_LABEL]: "enabled", [REVISION_LABEL]: null }
            : { [REVISION_LABEL]: revision, [INJECTION_LABEL]: null };
    return { verb: "label", kind: "namespace", object: { metadata: { name: namespace } }, labels };
}
