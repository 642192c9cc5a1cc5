import { selects } from "../../shared/kubernetes/labelSelectors";
import { isKind, namespaceOf, resourceName, type Manifest } from "../../shared/kubernetes/manifest";
import { listAt, mapAt, textAt } from "../../shared/values/plainObjects";

/** A request without a token, as AuthorizationPolicies see it. */
export interface AuthorizedRequest {
    /**
     * The sender's identity in its mesh certificate, under each name of the trust domain; undefined for plain text,
     * which has no identity.
     */
    from: { principals: string[]; namespace: string } | undefined;
    /** Port of the pod that receives it. */
    port: number;
    method?: string;
    path?: string;
}

/** The pod that receives a request. */
export interface AuthorizedPod {
    labels: Manifest;
    namespace: string;
    /** The namespace whose policies apply to the whole mesh. */
    rootNamespace: string;
}

/** A policy that rejects a request, and the reason. */
export interface Denial {
    policy: Manifest;
    /** `Kind namespace/name`. */
    resource: string;
    action: "ALLOW" | "DENY";
    got: string;
}

/** Keys of a rule's source and of its conditions about the client's token (JWT). */
const TOKEN_KEYS = ["requestPrincipals", "notRequestPrincipals"];
const TOKEN_CONDITION = "request.auth.";

type Match = "yes" | "no" | "unknown";

/**
 * The policies that reject a request. A condition on anything but its source, port, method, path and token counts as
 * admitting it.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/
 */
export function denialsOf(objects: Manifest[], request: AuthorizedRequest, pod: AuthorizedPod): Denial[] {
    const policies = objects
        .filter((object) => isKind(object, "AuthorizationPolicy", "security.istio.io"))
        .filter((policy) => isAttached(policy, pod));
    const of = (action: string): Manifest[] =>
        policies.filter((policy) => (textAt(policy, "spec", "action") ?? "ALLOW") === action);
    const deny = of("DENY").flatMap((policy): Denial[] => {
        const [index] = matchingRules(policy, request);
        if (index === undefined) return [];
        const got = `action DENY, and rule ${String(index + 1)} matches`;
        return [{ policy, resource: resourceName(policy), action: "DENY", got }];
    });
    if (deny.length > 0) return deny;
    const allow = of("ALLOW");
    const lets = allow.some((policy) =>
        listAt(policy, "spec", "rules").some((rule) => ruleMatches(rule, request, namespaceOf(policy)) !== "no"),
    );
    if (lets) return [];
    const got = "action ALLOW, and no rule matches";
    return allow.map((policy) => ({ policy, resource: resourceName(policy), action: "ALLOW", got }));
}

/** The indexes of a policy's rules that certainly match a request. */
export function matchingRules(policy: Manifest, request: AuthorizedRequest): number[] {
    return listAt(policy, "spec", "rules").flatMap((rule, index) =>
        ruleMatches(rule, request, namespaceOf(policy)) === "yes" ? [index] : [],
    );
}

/** True for a policy with a rule about the client's token, which decides differently for clients that send one. */
export function asksForToken(policy: Manifest): boolean {
    return listAt(policy, "spec", "rules").some(
        (rule) =>
            listAt(rule, "when").some(isAboutToken) ||
            listAt(rule, "from").some((from) =>
                Object.keys(mapAt(from, "source")).some((key) => TOKEN_KEYS.includes(key)),
            ),
    );
}

function isAboutToken(condition: Manifest): boolean {
    return textAt(condition, "key")?.startsWith(TOKEN_CONDITION) === true;
}

function isAttached(policy: Manifest, { labels, namespace, rootNamespace }: AuthorizedPod): boolean {
    if (![namespace, rootNamespace].includes(namespaceOf(policy))) return false;
    // Policies with a target apply to gateways, waypoints and the Services behind them.
    const targets = [mapAt(policy, "spec", "targetRef"), ...listAt(policy, "spec", "targetRefs")];
    if (targets.some((target) => Object.keys(target).length > 0)) return false;
    const wanted = mapAt(policy, "spec", "selector", "matchLabels");
    return Object.keys(wanted).length === 0 || selects(wanted, labels);
}

/** A rule without `from`, `to` or `when` has no condition of that kind. */
function ruleMatches(rule: Manifest, request: AuthorizedRequest, home: string): Match {
    const sources = listAt(rule, "from").map((from) => fieldsMatch(mapAt(from, "source"), request, home));
    const operations = listAt(rule, "to").map((to) => fieldsMatch(mapAt(to, "operation"), request, home));
    const conditions = listAt(rule, "when").map(conditionMatches);
    return all([...some(sources), ...some(operations), ...conditions]);
}

/** Of the conditions, only those on a token are decided, which these requests do not have. */
function conditionMatches(condition: Manifest): Match {
    if (!isAboutToken(condition)) return "unknown";
    return Array.isArray(condition["values"]) ? "no" : "yes";
}

/** @param home namespace of the policy, to which the name of a service account without a namespace refers. */
function fieldsMatch(fields: Manifest, request: AuthorizedRequest, home: string): Match {
    return all(Object.entries(fields).map(([key, patterns]) => fieldMatches(key, patterns, request, home)));
}

function fieldMatches(
    key: string,
    patterns: unknown,
    { from, port, method, path }: AuthorizedRequest,
    home: string,
): Match {
    const accounts = (from?.principals ?? []).flatMap(
        (principal) => /\/ns\/(.+)\/sa\/(.+)$/.exec(principal)?.slice(1) ?? [],
    );
    const [namespace = "", account = ""] = accounts;
    const known: Record<string, string[] | undefined> = {
        principals: from?.principals ?? [],
        namespaces: from === undefined ? [] : [from.namespace],
        serviceAccounts:
            from === undefined ? [] : [`${namespace}/${account}`, ...(namespace === home ? [account] : [])],
        ports: [String(port)],
        methods: method === undefined ? undefined : [method],
        paths: path === undefined ? undefined : [path],
        // Neither the doctor nor a sidecar's tracer sends a token.
        requestPrincipals: [],
    };
    const not = /^not([A-Z])(.*)$/.exec(key);
    const meant = not === null ? key : `${(not[1] ?? "").toLowerCase()}${not[2] ?? ""}`;
    const values = Object.hasOwn(known, meant) ? known[meant] : undefined;
    if (values === undefined || !Array.isArray(patterns)) return "unknown";
    const fits = patterns.some((pattern) => values.some((value) => fitsPattern(value, String(pattern))));
    return fits === (not === null) ? "yes" : "no";
}

/** `abc`, `abc*`, `*abc`, or `*` for any value. */
function fitsPattern(value: string, pattern: string): boolean {
    if (pattern.endsWith("*")) return value.startsWith(pattern.slice(0, -1));
    if (pattern.startsWith("*")) return value.endsWith(pattern.slice(1));
    return value === pattern;
}

function all(parts: Match[]): Match {
    if (parts.includes("no")) return "no";
    return parts.includes("unknown") ? "unknown" : "yes";
}

/** One match among several is enough. An empty list is no condition. */
function some(parts: Match[]): Match[] {
    if (parts.length === 0) return [];
    if (parts.includes("yes")) return ["yes"];
    return [parts.includes("unknown") ? "unknown" : "no"];
}
