import { INJECTION_LABEL, REVISION_LABEL } from "../../shared/names/istio";
import { isMadeByPulumi, type ClusterObject } from "../../shared/kubernetes/objects";
import type { Finding } from "../finding";

/** A namespace of the program's: one that it creates, or one that somebody else has made for it. */
export interface PlannedNamespace {
    name: string;
    /** Its resource name in the program, for `pulumi import`. */
    resourceName: string;
    /** The setting that names it. */
    setting: string;
    /** The setting that says whose it is, such as `ownNamespaces.demo`. */
    policySetting: string;
    /** True for one that somebody else has made, and that the program only uses. */
    existing: boolean;
}

/**
 * A namespace that the program would create and that somebody else made, or that is on its way out: Kubernetes refuses a
 * second one, and two owners would fight over one. Also one that ought to be there and is not.
 *
 * @param existing the namespace as the cluster contains it; undefined if there is none.
 * @param update true if this program's Istio is already installed, so that its namespaces are expected.
 */
export function checkNamespaceFree(
    planned: PlannedNamespace,
    existing: ClusterObject | undefined,
    update: boolean,
): Finding[] {
    if (existing === undefined) return planned.existing ? [missing(planned)] : [];
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
    if (planned.existing || update || isMadeByPulumi(existing)) return [];
    return [
        {
            id: "namespace-free",
            severity: "error",
            resource,
            expected: "no such namespace, or one that Pulumi created, because the program creates and owns it",
            got: "a namespace from another creator",
            cure:
                `Use it without managing it: pulumi config set --path ${planned.policySetting}.existing true. Or set ` +
                `${planned.setting} to another name, or import the namespace into the stack: ` +
                `pulumi import kubernetes:core/v1:Namespace ${planned.resourceName} ${planned.name} ` +
                "(then continue: preflight cannot see the import, which is only in the stack's state)",
        },
    ];
}

function missing({ name, policySetting }: PlannedNamespace): Finding {
    return {
        id: "namespace-exists",
        severity: "error",
        resource: `Namespace ${name}`,
        expected: `a namespace that somebody else has created, because ${policySetting}.existing is true`,
        got: "no such namespace",
        cure:
            `Ask for it to be created (kubectl create namespace ${name}), or let the program create it: pulumi ` +
            `config set --path ${policySetting}.existing false`,
    };
}

/**
 * Labels of a namespace that somebody else made, by which pods that ask for this program's sidecar would get none.
 *
 * @param revisions the revision of this program's Istio and its tags.
 */
export function checkInjectable(
    namespace: ClusterObject | undefined,
    revisions: readonly string[] = ["default"],
): Finding[] {
    const { name = "", labels = {} } = namespace?.metadata ?? {};
    const [injection, revision] = [labels[INJECTION_LABEL], labels[REVISION_LABEL]];
    const [found] = [
        ...(injection === "disabled" || (injection !== undefined && !revisions.includes("default"))
            ? [`${INJECTION_LABEL}=${injection}`]
            : []),
        ...(injection === undefined && revision !== undefined && !revisions.includes(revision)
            ? [`${REVISION_LABEL}=${revision}`]
            : []),
    ];
    if (found === undefined) return [];
    const wanted = revisions.includes("default")
        ? `${INJECTION_LABEL}=enabled`
        : `${REVISION_LABEL}=${revisions.join(" or ")}`;
    return [
        {
            id: "namespace-injectable",
            severity: "error",
            resource: `Namespace ${name}`,
            expected: `${wanted}, or none of Istio's labels: the demo's pods ask for a sidecar themselves`,
            got: `${found}, so they get no sidecar of this program's Istio`,
            cure: "Agree on it with the owner of the namespace, or set demo.namespace to another one.",
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
                `kubectl label namespace ${name} pod-security.kubernetes.io/enforce=privileged --overwrite; or use ` +
                "Istio's CNI plugin: pulumi config set --path istio.cni.mode install",
        },
    ];
}
