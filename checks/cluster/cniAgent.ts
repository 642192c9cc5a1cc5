import { isOwnedBy, type ClusterObject, type ReleaseName } from "../../shared/kubernetes/objects";
import { METADATA_SHAPE } from "../../shared/kubernetes/shapes";
import { number, objectOf, type Shape } from "../../shared/values/shapes";
import type { Finding } from "../finding";

/** Selects the DaemonSets of Istio's CNI agent, from Istio's chart or a distribution of it, in all namespaces. */
export const CNI_AGENT_SELECTOR = "k8s-app=istio-cni-node";

/** A DaemonSet, as far as it tells on how many nodes its pods are ready. */
export interface DaemonSetObject extends ClusterObject {
    status?: { desiredNumberScheduled?: number; numberReady?: number };
}

/** A DaemonSet. */
export const DAEMON_SET: Shape<DaemonSetObject> = objectOf<DaemonSetObject>(
    { metadata: METADATA_SHAPE, status: objectOf({ desiredNumberScheduled: number, numberReady: number }) },
    "metadata",
);

/** What the program expects of Istio's CNI agent. */
export interface CniWanted {
    /** The release with which the program installs it; undefined if the cluster has it already. */
    release: ReleaseName | undefined;
    /** True if that release is installed already. @default false */
    isInstalled?: boolean;
}

const HANGING = "pods with sidecars stay in Init:CrashLoopBackOff: their istio-validation finds no redirection";

/**
 * Reports that the agent of Istio's CNI plugin is missing or not ready on every node, or that somebody else has
 * installed the one that the program would install.
 *
 * @param agents every DaemonSet of the agent in the cluster.
 */
export function checkCniAgent({ release, isInstalled = false }: CniWanted, agents: DaemonSetObject[]): Finding[] {
    const own = release === undefined ? agents : agents.filter((agent) => isOwnedBy(agent, release));
    const foreign = agents.filter((agent) => !own.includes(agent));
    if (release !== undefined && isInstalled && agents.length === 0) return [removed(release)];
    if (release === undefined && agents.length === 0) {
        return [
            {
                id: "cni-agent-exists",
                severity: "error",
                resource: `DaemonSets with the label ${CNI_AGENT_SELECTOR}`,
                expected: "the agent of Istio's CNI plugin, which is installed according to the settings",
                got: `none; ${HANGING}`,
                cure:
                    "Let the program install it: pulumi config set --path istio.cni.mode install. Or ask for it to " +
                    "be installed: https://istio.io/latest/docs/setup/additional-setup/cni/",
            },
        ];
    }
    return [...foreign.map(notOurs), ...own.filter(isIncomplete).map(incomplete)];
}

function removed({ name, namespace }: ReleaseName): Finding {
    return {
        id: "cni-agent-exists",
        severity: "error",
        resource: `DaemonSets with the label ${CNI_AGENT_SELECTOR}`,
        expected: `the agent of Istio's CNI plugin, which the Helm release ${namespace}/${name} has installed`,
        got: `none; ${HANGING}`,
        cure: `Install it again: helm uninstall ${name} -n ${namespace}, then pulumi refresh and pulumi up.`,
    };
}

function notOurs(agent: ClusterObject): Finding {
    return {
        id: "cni-agent-free",
        severity: "error",
        resource: nameOf(agent),
        expected: "no agent of Istio's CNI plugin from another installer, since istio.cni.mode is install",
        got: "one that uses the same cluster roles and changes the same files of the nodes",
        cure: "Use it: pulumi config set --path istio.cni.mode installed. Or ask its owner to remove it.",
    };
}

function isIncomplete({ status }: DaemonSetObject): boolean {
    return (status?.numberReady ?? 0) < (status?.desiredNumberScheduled ?? 0);
}

function incomplete(agent: DaemonSetObject): Finding {
    const { metadata, status } = agent;
    const [ready, all] = [status?.numberReady ?? 0, status?.desiredNumberScheduled ?? 0];
    return {
        id: "cni-agent-ready",
        severity: "warning",
        resource: nameOf(agent),
        expected: `the agent ready on all ${String(all)} nodes`,
        got: `on ${String(ready)}; on the others ${HANGING}`,
        cure:
            `Find the reason: kubectl get pods -n ${metadata.namespace ?? ""} -l ${CNI_AGENT_SELECTOR} -o wide, then ` +
            `kubectl logs -n ${metadata.namespace ?? ""} daemonset/${metadata.name}. Usual causes: istio.cni.binDir ` +
            "or confDir is not that of the nodes, the image cannot be pulled, or Pod Security rejects the pods.",
    };
}

/**
 * Reports that the namespace of the agent that the program installs is missing, or rejects its pods, which change their
 * node's files and networks.
 */
export function checkCniNamespace(name: string, namespace: ClusterObject | undefined): Finding[] {
    if (namespace === undefined) {
        return [
            {
                id: "cni-namespace-exists",
                severity: "error",
                resource: `Namespace ${name}`,
                expected: "an existing namespace, which istio.cni.namespace names",
                got: "no such namespace",
                cure:
                    "Omit istio.cni.namespace to use kube-system, or create the namespace: kubectl create namespace " +
                    name,
            },
        ];
    }
    const level = namespace.metadata.labels?.["pod-security.kubernetes.io/enforce"];
    if (level === undefined || level === "privileged") return [];
    return [
        {
            id: "cni-namespace-admits",
            severity: "error",
            resource: `Namespace ${name}`,
            expected:
                "pod-security.kubernetes.io/enforce=privileged or no such label, because the CNI agent changes its node",
            got: level,
            cure:
                "Omit istio.cni.namespace to use kube-system, or run: kubectl label namespace " +
                `${name} pod-security.kubernetes.io/enforce=privileged --overwrite`,
        },
    ];
}

function nameOf({ metadata }: ClusterObject): string {
    return `DaemonSet ${metadata.namespace ?? ""}/${metadata.name}`;
}
