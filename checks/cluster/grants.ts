import { isKind, nameOf, namespaceOf, type Manifest } from "../../shared/kubernetes/manifest";
import { itemsAt, listAt, textAt, type PlainObject } from "../../shared/values/plainObjects";

const GROUP = "rbac.authorization.k8s.io";

/** A service account. */
export interface Account {
    namespace: string;
    name: string;
}

/** Rights on all objects of a resource in a namespace. */
export interface Right {
    /** Empty for the core group. */
    apiGroup: string;
    resource: string;
    verbs: string[];
    namespace: string;
}

/**
 * The verbs of a right that no Role or ClusterRole among the objects gives to a service account, whether directly or by
 * a group of service accounts. A cluster can have other authorizers than RBAC.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/
 */
export function missingVerbs(objects: Manifest[], account: Account, right: Right): string[] {
    const rules = objects
        .filter((binding) => holdsIn(binding, right.namespace) && isFor(binding, account))
        .flatMap((binding) => objects.filter((role) => isRoleOf(binding, role)))
        .flatMap((role) => listAt(role, "rules"))
        // A rule for single names does not allow lists of all objects.
        .filter((rule) => itemsAt(rule, "resourceNames").length === 0)
        .filter((rule) => has(rule, "apiGroups", right.apiGroup) && has(rule, "resources", right.resource));
    return right.verbs.filter((verb) => !rules.some((rule) => has(rule, "verbs", verb)));
}

function holdsIn(binding: Manifest, namespace: string): boolean {
    if (isKind(binding, "ClusterRoleBinding", GROUP)) return true;
    return isKind(binding, "RoleBinding", GROUP) && namespaceOf(binding) === namespace;
}

function isFor(binding: Manifest, { namespace, name }: Account): boolean {
    const groups = ["system:authenticated", "system:serviceaccounts", `system:serviceaccounts:${namespace}`];
    return listAt(binding, "subjects").some((subject) => {
        const named = textAt(subject, "name") ?? "";
        switch (textAt(subject, "kind")) {
            case "ServiceAccount":
                return named === name && (textAt(subject, "namespace") ?? namespace) === namespace;
            case "User":
                return named === `system:serviceaccount:${namespace}:${name}`;
            default:
                return textAt(subject, "kind") === "Group" && groups.includes(named);
        }
    });
}

function isRoleOf(binding: Manifest, role: Manifest): boolean {
    const kind = textAt(binding, "roleRef", "kind") ?? "";
    if (!isKind(role, kind, GROUP) || nameOf(role) !== textAt(binding, "roleRef", "name")) return false;
    return kind === "ClusterRole" || namespaceOf(role) === namespaceOf(binding);
}

function has(rule: PlainObject, part: string, wanted: string): boolean {
    const given = itemsAt(rule, part);
    return given.includes("*") || given.includes(wanted);
}
