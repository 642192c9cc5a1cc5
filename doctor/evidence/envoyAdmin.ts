import { escapeRegExp } from "../../shared/values/regExp";

/** What is asked of Envoy's admin interface; a path that begins with its endpoint. */
export type AdminPath = string;

/*
 * A sidecar of a large mesh has thousands of listeners and clusters, of which a few are of interest. A `name_regex` has to
 * match the whole name, a `filter` any part of it; an Envoy without a filter for clusters answers all of them.
 * Source: https://www.envoyproxy.io/docs/envoy/v1.40.0/operations/admin
 */

/** The listeners that requests to a port pass on their way out, and the one for all requests on their way in. */
export function listenersFor(port: number): AdminPath {
    return dump("dynamic_listeners", `virtualInbound|.*_${String(port)}`);
}

/** The listeners for HTTP to any address: what a sidecar traces on the way out is the same in each of them. */
export const HTTP_LISTENERS: AdminPath = dump("dynamic_listeners", "(0\\.0\\.0\\.0|\\[?::\\]?)_[0-9]+");

/** Why listeners were refused, of each the name and the reason alone. */
export const REFUSED_LISTENERS: AdminPath = "config_dump?resource=dynamic_listeners&mask=name,error_state.details";

/** One cluster. */
export function clusterNamed(name: string): AdminPath {
    return dump("dynamic_active_clusters", escapeRegExp(name));
}

/** The routes for requests to a port, whose configuration istiod names by it. */
export function routesFor(port: number): AdminPath {
    return dump("dynamic_route_configs", `(.*:)?${String(port)}`);
}

/**
 * Counts of the hosts of one cluster, of those of a target and of what no other cluster takes, and of all clusters that
 * lead to the application itself.
 *
 * @param target `outbound|PORT||HOST`; its subsets are meant as well.
 */
export function hostCounts(cluster: string | undefined, target: string): AdminPath {
    const subsets = escapeRegExp(target).replace("\\|\\|", "\\|[^|]*\\|");
    const exact = [subsets, "PassthroughCluster", ...(cluster === undefined ? [] : [escapeRegExp(cluster)])];
    const names = ["inbound\\|", ...exact.map((name) => `${name}$`)];
    return `clusters?filter=${encodeURIComponent(`^(${names.join("|")})`)}`;
}

/** How often an update of listeners was refused since the sidecar's start; Istio always keeps it. */
export const REFUSALS = "listener_manager.lds.update_rejected";

/** Statistics of tracing, of refused updates and of one cluster, as far as the sidecar keeps them. */
export function statistics(cluster: string | undefined): AdminPath {
    const names = ["tracing\\.", `${escapeRegExp(REFUSALS)}$`];
    // The name ends with a semicolon where Istio marks the end of it.
    if (cluster !== undefined) names.push(`cluster\\.${escapeRegExp(cluster)};?\\.(upstream_(rq|cx)|membership)_`);
    return `stats?filter=${encodeURIComponent(`^(${names.join("|")})`)}`;
}

function dump(resource: string, name: string): AdminPath {
    return `config_dump?resource=${resource}&name_regex=${encodeURIComponent(name)}`;
}
