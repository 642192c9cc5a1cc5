import { isMadeByPulumi, type ClusterObject } from "../../shared/kubernetes/objects";
import type { Finding } from "../finding";

/** A namespace that the program creates. It must not exist yet, and must not have two owners. */
export interface PlannedNamespace {
    name: string;
    /** Its resource name in the program, for `pulumi import`. */
    resourceName: string;
    /** The setting that names it. */
    setting: string;
}

/**
 * Reports a planned namespace that somebody else created, or that is being deleted.
 *
 * @param existing the namespace as the cluster contains it; undefined if there is none.
 * @param update true if this program's Istio is already installed, so that its namespaces are expected.
 */
export function checkNamespaceFree(
    planned: PlannedNamespace,
    existing: ClusterObject | undefined,
    update: boolean,
): Finding[] {
    if (existing === undefined) return [];
    const resource = `Namespace ${planned.name}`;
    if (existing.metadata.deletionTimestamp !== undefined) {
        return [
            {
                id: "namespace-terminating",
                severity: "error",
                resource,
                expected: "a namespace that is not being deleted",
                got: `one that has been terminating since ${existing.metadata.deletionTimestamp}`,
                cure: `Wait until it is gone: kubectl wait --for=delete namespace/${planned.name} --timeout=300s`,
            },
        ];
    }
    if (update || isMadeByPulumi(existing)) return [];
    return [
        {
            id: "namespace-free",
            severity: "error",
            resource,
            expected: "no such namespace, or one that Pulumi created, because the program creates and owns it",
            got: "a namespace from another creator",
            cure:
                `Set ${planned.setting} to another name, or import this namespace into the stack: ` +
                `pulumi import kubernetes:core/v1:Namespace ${planned.resourceName} ${planned.name} ` +
                "(then continue: preflight cannot see the import, which is only in the stack's state)",
        },
    ];
}

/**
 * Reports a Pod Security level that rejects the init container of sidecars, which needs NET_ADMIN and NET_RAW to set up
 * iptables.
 *
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
 *
 * @param cni true if Istio's CNI plugin sets up iptables instead.
 */
export function checkPodSecurity(namespace: ClusterObject | undefined, cni: boolean): Finding[] {
    if (namespace === undefined || cni) return [];
    const { name, labels, deletionTimestamp } = namespace.metadata;
    const level = labels?.["pod-security.kubernetes.io/enforce"];
    // Labels of a namespace that is being deleted do not matter.
    if (level === undefined || level === "privileged" || deletionTimestamp !== undefined) return [];
    return [
        {
            id: "pod-security-admits-sidecars",
            severity: "error",
            resource: `Namespace ${name}`,
            expected:
                "pod-security.kubernetes.io/enforce=privileged or no such label, because istio-init needs NET_ADMIN",
            got: level,
            cure:
                `kubectl label namespace ${name} pod-security.kubernetes.io/enforce=privileged --overwrite; or install ` +
                "Istio's CNI plugin and set istio.values to { cni: { enabled: true } }",
        },
    ];
}
