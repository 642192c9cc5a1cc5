import type { Finding } from "../finding";

/** The cluster's answer about one right. */
export interface AccessAnswer {
    verb: string;
    /** Resource with its API group, such as `deployments.apps`; the core group has none. */
    resource: string;
    /** Namespace for which the right was checked; undefined for the whole cluster. */
    namespace: string | undefined;
    allowed: boolean;
}

/** Verbs that you need only if you grant rights that you do not hold yourself. */
const GRANTING_VERBS = ["bind", "escalate"];

/**
 * Reports rights that the program's resources need and the user lacks: one finding for each namespace, and one for the
 * cluster.
 */
export function checkRights(answers: AccessAnswer[], user: string | undefined): Finding[] {
    const denied = answers.filter(({ allowed }) => !allowed);
    const scopes = [...new Set(denied.map(({ namespace }) => namespace))];
    return scopes.flatMap((namespace) => {
        const here = denied.filter((answer) => answer.namespace === namespace);
        const needed = here.filter(({ verb }) => !GRANTING_VERBS.includes(verb));
        const granting = here.filter(({ verb }) => GRANTING_VERBS.includes(verb));
        return [
            ...(needed.length === 0 ? [] : [missing("error", namespace, needed, user)]),
            // If the other rights on roles are missing too, their finding is enough.
            ...(granting.length === 0 || needed.some(({ resource }) => resource === granting[0]?.resource)
                ? []
                : [missing("warning", namespace, granting, user)]),
        ];
    });
}

function missing(
    severity: Finding["severity"],
    namespace: string | undefined,
    denied: AccessAnswer[],
    user: string | undefined,
): Finding {
    const scope = namespace === undefined ? "the whole cluster" : `the namespace ${namespace}`;
    const first = denied[0];
    const ask = `kubectl auth can-i ${first?.verb ?? ""} ${first?.resource ?? ""}${namespace === undefined ? "" : ` -n ${namespace}`}`;
    return {
        id: "rights-sufficient",
        severity,
        resource: `rights in ${scope}`,
        expected:
            severity === "error"
                ? "every right that the program's resources need"
                : "the right to grant the permissions of Istio's roles, unless you hold all of them yourself",
        got: `denied${user === undefined ? "" : ` to ${user}`}: ${summarise(denied)}`,
        cure: `Request these rights, or use an administrator's context (--context NAME). To check one of them: ${ask}`,
    };
}

/** `create, patch: configmaps, services; update: secrets`. */
function summarise(denied: AccessAnswer[]): string {
    const verbs = group(denied.map(({ resource, verb }) => [resource, verb]));
    const resources = group([...verbs].map(([resource, list]) => [list.join(", "), resource]));
    return [...resources].map(([list, names]) => `${list}: ${names.join(", ")}`).join("; ");
}

function group(pairs: [string, string][]): Map<string, string[]> {
    const groups = new Map<string, string[]>();
    for (const [key, value] of pairs) groups.set(key, [...(groups.get(key) ?? []), value]);
    return groups;
}
