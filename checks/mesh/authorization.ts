import { selects } from "../../shared/kubernetes/labelSelectors";
import { isKind, namespaceOf, resourceName, type Manifest } from "../../shared/kubernetes/manifest";
import { listAt, mapAt, textAt } from "../../shared/values/plainObjects";

/** A request as AuthorizationPolicies look at it. */
export interface AuthorizedRequest {
    /**
     * Who sends it, by a certificate of the mesh, under each name of the trust domain; undefined for plain text, which has
     * no identity.
     */
    from: { principals: string[]; namespace: string } | undefined;
    /** Port of the pod that gets it. */
    port: number;
    method?: string;
    path?: string;
}

/** The pod that gets a request. */
export interface AuthorizedPod {
    labels: Manifest;
    namespace: string;
    /** Where a policy counts for the whole mesh. */
    rootNamespace: string;
}

/** A policy that keeps a request out, and how. */
export interface Denial {
    policy: Manifest;
    /** `Kind namespace/name`. */
    resource: string;
    action: "ALLOW" | "DENY";
    got: string;
}

type Match = "yes" | "no" | "unknown";

/**
 * The policies that keep a request out. What hangs on more than its source, port, method and path is taken to let it in.
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
        const index = listAt(policy, "spec", "rules").findIndex((rule) => ruleMatches(rule, request) === "yes");
        if (index < 0) return [];
        const got = `action DENY, and its rule ${String(index + 1)} fits`;
        return [{ policy, resource: resourceName(policy), action: "DENY", got }];
    });
    if (deny.length > 0) return deny;
    const allow = of("ALLOW");
    const lets = allow.some((policy) =>
        listAt(policy, "spec", "rules").some((rule) => ruleMatches(rule, request) !== "no"),
    );
    if (lets) return [];
    const got = "action ALLOW, and no rule fits";
    return allow.map((policy) => ({ policy, resource: resourceName(policy), action: "ALLOW", got }));
}

function isAttached(policy: Manifest, { labels, namespace, rootNamespace }: AuthorizedPod): boolean {
    if (![namespace, rootNamespace].includes(namespaceOf(policy))) return false;
    // Those with a target count for gateways, waypoints and Services behind them.
    const targets = [mapAt(policy, "spec", "targetRef"), ...listAt(policy, "spec", "targetRefs")];
    if (targets.some((target) => Object.keys(target).length > 0)) return false;
    const wanted = mapAt(policy, "spec", "selector", "matchLabels");
    return Object.keys(wanted).length === 0 || selects(wanted, labels);
}

/** A rule without a `from`, a `to` or a `when` asks nothing of it. */
function ruleMatches(rule: Manifest, request: AuthorizedRequest): Match {
    const sources = listAt(rule, "from").map((from) => fieldsMatch(mapAt(from, "source"), request));
    const operations = listAt(rule, "to").map((to) => fieldsMatch(mapAt(to, "operation"), request));
    const conditions: Match[] = listAt(rule, "when").length > 0 ? ["unknown"] : [];
    return all([...some(sources), ...some(operations), ...conditions]);
}

function fieldsMatch(fields: Manifest, request: AuthorizedRequest): Match {
    return all(Object.entries(fields).map(([key, patterns]) => fieldMatches(key, patterns, request)));
}

function fieldMatches(key: string, patterns: unknown, { from, port, method, path }: AuthorizedRequest): Match {
    const known: Record<string, string[] | undefined> = {
        principals: from?.principals ?? [],
        namespaces: from === undefined ? [] : [from.namespace],
        ports: [String(port)],
        methods: method === undefined ? undefined : [method],
        paths: path === undefined ? undefined : [path],
    };
    const not = /^not([A-Z])(.*)$/.exec(key);
    const meant = not === null ? key : `${(not[1] ?? "").toLowerCase()}${not[2] ?? ""}`;
    const values = Object.hasOwn(known, meant) ? known[meant] : undefined;
    if (values === undefined || !Array.isArray(patterns)) return "unknown";
    const fits = patterns.some((pattern) => values.some((value) => fitsPattern(value, String(pattern))));
    return fits === (not === null) ? "yes" : "no";
}

/** `abc`, `abc*`, `*abc`, or `*` for anything that is there. */
function fitsPattern(value: string, pattern: string): boolean {
    if (pattern.endsWith("*")) return value.startsWith(pattern.slice(0, -1));
    if (pattern.startsWith("*")) return value.endsWith(pattern.slice(1));
    return value === pattern;
}

function all(parts: Match[]): Match {
    if (parts.includes("no")) return "no";
    return parts.includes("unknown") ? "unknown" : "yes";
}

/** One of several that fits is enough; none given asks nothing. */
function some(parts: Match[]): Match[] {
    if (parts.length === 0) return [];
    if (parts.includes("yes")) return ["yes"];
    return [parts.includes("unknown") ? "unknown" : "no"];
}
