import { hasLabels, labelPairs } from "../../shared/kubernetes/labelSelectors";
import type { ClusterObject, NodeObject } from "../../shared/kubernetes/objects";
import { formatTaint, repellingTaints, type Toleration } from "../../shared/kubernetes/tolerations";
import type { Finding } from "../finding";
import { isReady, lastingTaints } from "./nodes";

/** A workload of the program's, as far as the scheduler looks at it. */
export interface ScheduledPods {
    /** Labels that a node must have. */
    nodeSelector: Record<string, string>;
    tolerations: Toleration[];
    priorityClassName: string;
}

/** A Secret with the login of a registry, wherever a namespace of the program's must have it. */
export interface PullSecret {
    namespace: string;
    name: string;
    /** The workloads whose pods ask for it. */
    workloads: string[];
    /** True when the program makes the namespace, and with it everything in it is new. */
    isNewNamespace: boolean;
}

/** Pods that no node takes: for want of a label, or for a taint. They would stay Pending. */
export function checkSchedulable(nodes: NodeObject[], workloads: Record<string, ScheduledPods>): Finding[] {
    const ready = nodes.filter(isReady);
    // Without any, there is another finding to say so.
    if (ready.length === 0) return [];
    const labelled = (selector: Record<string, string>): NodeObject[] =>
        ready.filter(({ metadata: { labels = {} } }) => hasLabels(labels, selector));
    return [
        ...grouped(workloads, ({ nodeSelector }) =>
            labelled(nodeSelector).length > 0 ? undefined : labelPairs(nodeSelector).join(", "),
        ).map(([selector, names]) => unlabelled(selector, names)),
        ...grouped(workloads, ({ nodeSelector, tolerations }) => {
            const candidates = labelled(nodeSelector).map((node) => repellingTaints(lastingTaints(node), tolerations));
            if (candidates.length === 0 || candidates.some((taints) => taints.length === 0)) return undefined;
            return [...new Set(candidates.flat().map(formatTaint))].join(", ");
        }).map(([taints, names]) => tainted(taints, names, ready)),
    ];
}

/** PriorityClasses that the cluster lacks: it refuses every pod that names one. */
export function checkPriorityClasses(classes: ClusterObject[], workloads: Record<string, ScheduledPods>): Finding[] {
    const known = classes.map(({ metadata }) => metadata.name);
    return grouped(workloads, ({ priorityClassName }) =>
        priorityClassName === "" || known.includes(priorityClassName) ? undefined : priorityClassName,
    ).map(([name, names]) => ({
        id: "priority-class-exists",
        severity: "error",
        resource: settingOf(names, "priorityClassName"),
        expected: "a PriorityClass of this cluster: without it, Kubernetes rejects every pod",
        got: `${name}, but the cluster has ${known.length === 0 ? "none" : known.join(", ")}`,
        cure: "Name an existing one, or create it first: kubectl get priorityclasses",
    }));
}

/**
 * Secrets with logins of registries that are not there. A copy of the image on the node, or a login that the node itself
 * has, may still do.
 *
 * @param found by `NAMESPACE/NAME`, true where there is one.
 */
export function checkPullSecrets(wanted: PullSecret[], found: Record<string, boolean>): Finding[] {
    return wanted
        .filter(({ namespace, name }) => found[`${namespace}/${name}`] === false)
        .map(({ namespace, name, workloads, isNewNamespace }) => ({
            id: "pull-secret-exists",
            severity: "warning",
            resource: settingOf(workloads, "imagePullSecrets"),
            expected: `the Secret ${namespace}/${name}, with which the pods of ${workloads.join(", ")} pull their images`,
            got: isNewNamespace ? "none: the program creates the namespace" : "none",
            cure: isNewNamespace
                ? "Copy it there as soon as the namespace exists; or create the namespace yourself and set " +
                  `existing in ownNamespaces, then: ${makeSecret(namespace, name)}`
                : `Create it: ${makeSecret(namespace, name)}`,
        }));
}

function makeSecret(namespace: string, name: string): string {
    return `kubectl create secret docker-registry ${name} -n ${namespace} --docker-server=... --docker-username=... --docker-password=...`;
}

function unlabelled(selector: string, names: string[]): Finding {
    return {
        id: "pods-node-selector",
        severity: "warning",
        resource: settingOf(names, "nodeSelector"),
        expected: `a ready node with the labels ${selector}, for the pods of ${names.join(", ")}`,
        got: "none; they would stay Pending",
        cure: `Correct the setting, or label a node: kubectl label node NODE ${selector.replaceAll(",", "")}`,
    };
}

function tainted(taints: string, names: string[], nodes: NodeObject[]): Finding {
    const taint = nodes.flatMap(lastingTaints).find((one) => taints.startsWith(formatTaint(one)));
    const toleration = JSON.stringify(
        taint && {
            key: taint.key,
            ...(taint.value === undefined || taint.value === "" ? { operator: "Exists" } : { value: taint.value }),
            effect: taint.effect,
        },
    );
    return {
        id: "pods-tolerations",
        severity: "warning",
        resource: settingOf(names, "tolerations"),
        expected: `a ready node without a taint that keeps the pods of ${names.join(", ")} away`,
        got: `none without ${taints}; they would stay Pending`,
        cure: `Set ${settingOf(names, "tolerations")} to [${toleration}], or add a node without the taint.`,
    };
}

/** The setting for all, when it concerns more than one. */
function settingOf(workloads: string[], field: string): string {
    const [only] = workloads;
    return workloads.length === 1 ? `pods.${only ?? ""}.${field}` : `pods.${field}`;
}

/** The names of the workloads with one fault, by that. */
function grouped(
    workloads: Record<string, ScheduledPods>,
    faultOf: (pods: ScheduledPods) => string | undefined,
): [fault: string, names: string[]][] {
    const groups = new Map<string, string[]>();
    for (const [name, pods] of Object.entries(workloads)) {
        const fault = faultOf(pods);
        if (fault !== undefined) groups.set(fault, [...(groups.get(fault) ?? []), name]);
    }
    return [...groups];
}
