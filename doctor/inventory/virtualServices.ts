import { isPlainObject, listAt, mapAt, textAt, at } from "../../shared/values/plainObjects";
import type { SpecObject } from "../../shared/kubernetes/objects";
import { hasLabels } from "../../shared/kubernetes/labelSelectors";
import { itemsOf } from "../../shared/cluster/facts";
import type { Evidence } from "../evidence";

/** The effects of a VirtualService on the requests of a path, other than routing them to the pods of their host. */
export type RouteEffect =
    /** The sidecar of the source answers by itself. */
    | { effect: "answers"; how: "directResponse" | "redirect" | "abort"; status: number; percent: number }
    /** Every request goes to another host. */
    | { effect: "leadsAway"; hosts: string[] }
    /** The host is rewritten, so that the receiver may route it elsewhere. */
    | { effect: "rewrites"; authority: string }
    /** A copy goes to another host. */
    | { effect: "mirrors"; hosts: string[] };

/** A VirtualService and the effects of its route for the path. */
export interface RouteOnPath {
    object: SpecObject;
    /** False if no route matches the requests, which then get the answer 404. */
    taken: boolean;
    effects: RouteEffect[];
    /** Where the route sends requests. */
    destinations: RouteDestination[];
}

/** A destination of a route that gets requests. */
export interface RouteDestination {
    /** In full if it is a Service. */
    host: string;
    /** Undefined for the requested port. */
    port: number | undefined;
}

/**
 * The VirtualService that applies to the requests of the path, with the effects of its route; undefined without one.
 */
export function routeOnPath(evidence: Evidence): RouteOnPath | undefined {
    const { discovery, path } = evidence;
    const { hostname } = new URL(path.url);
    const own = path.service === undefined ? hostname : fullHost(hostname, path.source.metadata.namespace, evidence);
    const candidates = itemsOf(discovery.virtualServices).filter(
        (object) => isForMesh(object) && isSeen(object, evidence),
    );
    const exact = candidates.find((object) => hostsOf(object, evidence).includes(own));
    const object = exact ?? candidates.find((one) => hostsOf(one, evidence).some((host) => isWildcardOf(host, own)));
    if (object === undefined) return undefined;
    const route = listAt(object.spec, "http").find((one) => takes(one, evidence));
    const delegate = route && delegateOf(route, object, evidence);
    const [by, inner] =
        delegate === undefined
            ? [object, route]
            : [delegate, listAt(delegate.spec, "http").find((one) => takes(one, evidence))];
    // Without an HTTP route, it does not affect these requests.
    const taken = inner !== undefined || object.spec?.["http"] === undefined;
    return {
        ...{ object: by, taken },
        effects: inner === undefined ? [] : effectsOf(inner, own, by, evidence),
        destinations: destinationsOf(inner, by, evidence),
    };
}

/** The VirtualService to which a route delegates. */
function delegateOf(
    route: Record<string, unknown>,
    { metadata }: SpecObject,
    { discovery }: Evidence,
): SpecObject | undefined {
    const [name, namespace] = [textAt(route, "delegate", "name"), textAt(route, "delegate", "namespace")];
    const home = namespace ?? metadata.namespace;
    return itemsOf(discovery.virtualServices).find(
        (one) => name !== undefined && one.metadata.name === name && one.metadata.namespace === home,
    );
}

function effectsOf(
    route: Record<string, unknown>,
    own: string,
    { metadata }: SpecObject,
    evidence: Evidence,
): RouteEffect[] {
    const hostIn = (destination: unknown): string =>
        fullHost(textAt(destination, "host") ?? "", metadata.namespace, evidence);
    const effects: RouteEffect[] = [];
    const abort = at(route, "fault", "abort");
    if (isPlainObject(abort)) {
        // Without a percentage, Istio aborts nothing.
        const percent = Number(at(abort, "percentage", "value") ?? 0);
        const status = Number(abort["httpStatus"] ?? 503);
        if (percent > 0) effects.push({ effect: "answers", how: "abort", status, percent });
    }
    const direct = route["directResponse"];
    const redirect = route["redirect"];
    if (isPlainObject(direct))
        effects.push({ effect: "answers", how: "directResponse", status: Number(direct["status"]), percent: 100 });
    if (isPlainObject(redirect)) {
        const status = Number(redirect["redirectCode"] ?? 301);
        effects.push({ effect: "answers", how: "redirect", status, percent: 100 });
    }
    const hosts = [...new Set(destinationsOf(route, { metadata }, evidence).map(({ host }) => host))];
    if (hosts.length > 0 && !hosts.includes(own)) effects.push({ effect: "leadsAway", hosts });
    const authority = textAt(route, "rewrite", "authority");
    if (authority !== undefined) effects.push({ effect: "rewrites", authority });
    const mirrors = [route["mirror"], ...listAt(route, "mirrors").map(({ destination }) => destination)].filter(
        isPlainObject,
    );
    if (mirrors.length > 0) effects.push({ effect: "mirrors", hosts: mirrors.map(hostIn) });
    return effects;
}

function destinationsOf(route: unknown, { metadata }: SpecObject, evidence: Evidence): RouteDestination[] {
    return listAt(route, "route")
        .filter(hasWeight)
        .map(({ destination }) => {
            const port = at(destination, "port", "number");
            return {
                host: fullHost(textAt(destination, "host") ?? "", metadata.namespace, evidence),
                port: typeof port === "number" ? port : undefined,
            };
        });
}

/**
 * Among several destinations, one with weight 0 gets no requests. A single destination without a weight gets all of
 * them.
 */
function hasWeight({ weight }: Record<string, unknown>): boolean {
    return weight !== 0;
}

/** True for a route that matches the doctor's requests: a GET with only trace headers. */
function takes(route: Record<string, unknown>, evidence: Evidence): boolean {
    const matches = listAt(route, "match");
    return matches.length === 0 || matches.some((match) => fits(match, evidence));
}

function fits(match: Record<string, unknown>, { path }: Evidence): boolean {
    const { pathname, hostname, searchParams } = new URL(path.url);
    const { labels = {}, namespace } = path.source.metadata;
    const queries = Object.entries(mapAt(match, "queryParams"));
    return (
        fitsText(match["uri"], pathname, match["ignoreUriCase"] === true) &&
        fitsText(match["method"], "GET") &&
        fitsText(match["authority"], hostname) &&
        fitsText(match["scheme"], "http") &&
        Object.keys(mapAt(match, "headers")).length === 0 &&
        queries.every(([name, wanted]) => searchParams.has(name) && fitsText(wanted, searchParams.get(name) ?? "")) &&
        (match["port"] === undefined || match["port"] === path.port) &&
        (match["sourceNamespace"] === undefined || match["sourceNamespace"] === namespace) &&
        hasLabels(labels, mapAt(match, "sourceLabels")) &&
        (!Array.isArray(match["gateways"]) || match["gateways"].includes("mesh"))
    );
}

function fitsText(wanted: unknown, given: string, ignoreCase = false): boolean {
    if (!isPlainObject(wanted)) return true;
    const change = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
    const [exact, prefix, regex] = ["exact", "prefix", "regex"].map((kind) => textAt(wanted, kind));
    if (exact !== undefined) return change(given) === change(exact);
    if (prefix !== undefined) return change(given).startsWith(change(prefix));
    if (regex === undefined) return true;
    try {
        return new RegExp(`^(?:${regex})$`).test(given);
    } catch {
        return false;
    }
}

function isForMesh({ spec }: SpecObject): boolean {
    const gateways = spec?.["gateways"];
    return !Array.isArray(gateways) || gateways.length === 0 || gateways.includes("mesh");
}

/** Whether it is exported to sidecars of the source's namespace. */
function isSeen({ metadata, spec }: SpecObject, { path }: Evidence): boolean {
    const to = spec?.["exportTo"];
    const home = path.source.metadata.namespace;
    if (!Array.isArray(to) || to.length === 0 || to.includes("*")) return true;
    return to.includes(home) || (to.includes(".") && metadata.namespace === home);
}

function hostsOf({ metadata, spec }: SpecObject, evidence: Evidence): string[] {
    const hosts = spec?.["hosts"];
    return Array.isArray(hosts) ? hosts.map((host) => fullHost(String(host), metadata.namespace, evidence)) : [];
}

function isWildcardOf(pattern: string, host: string): boolean {
    return pattern === "*" || (pattern.startsWith("*.") && host.endsWith(pattern.slice(1)));
}

/**
 * A short name refers to a Service in the namespace of the object that contains it. Other names are full, or end with
 * `svc`.
 */
function fullHost(host: string, namespace: string | undefined, { mesh, discovery }: Evidence): string {
    if (host === "" || host.includes("*")) return host;
    const [name = "", home, svc] = host.split(".");
    if (home === undefined) return `${name}.${namespace ?? ""}.svc.${mesh.clusterDomain}`;
    const isService = itemsOf(discovery.services).some(
        ({ metadata }) => metadata.name === name && metadata.namespace === home,
    );
    return isService && (svc ?? "svc") === "svc" ? `${name}.${home}.svc.${mesh.clusterDomain}` : host;
}
