import { escapeRegExp } from "../../shared/values/regExp";

/** Queries of Envoy's admin interface: paths that start with the endpoint. */
export type AdminPath = string;

/*
 * A sidecar of a large mesh has thousands of listeners and clusters, of which only a few matter. A `name_regex` must
 * match the whole name, a `filter` any part of it. An Envoy without a filter for clusters returns all of them. Source:
 * https://www.envoyproxy.io/docs/envoy/v1.40.0/operations/admin
 */

/** The outbound listeners for a port, and the listener for all inbound requests. */
export function listenersFor(port: number): AdminPath {
    return dump("dynamic_listeners", `virtualInbound|.*_${String(port)}`);
}

/** The outbound HTTP listeners for any address, which all have the same tracing configuration. */
export const HTTP_LISTENERS: AdminPath = dump("dynamic_listeners", "(0\\.0\\.0\\.0|\\[?::\\]?)_[0-9]+");

/** Only the names of rejected listeners and the reasons. */
export const REFUSED_LISTENERS: AdminPath = "config_dump?resource=dynamic_listeners&mask=name,error_state.details";

/** One cluster. */
export function clusterNamed(name: string): AdminPath {
    return dump("dynamic_active_clusters", escapeRegExp(name));
}

/** The routes for a port, which istiod uses in the name of their configuration. */
export function routesFor(port: number): AdminPath {
    return dump("dynamic_route_configs", `(.*:)?${String(port)}`);
}

/**
 * Counts of the hosts of one cluster, of a target's clusters, of the passthrough cluster, and of all clusters of the
 * pod's own application.
 *
 * @param target `outbound|PORT||HOST`; includes its subsets.
 */
export function hostCounts(cluster: string | undefined, target: string): AdminPath {
    const subsets = escapeRegExp(target).replace("\\|\\|", "\\|[^|]*\\|");
    const exact = [subsets, "PassthroughCluster", ...(cluster === undefined ? [] : [escapeRegExp(cluster)])];
    const names = ["inbound\\|", ...exact.map((name) => `${name}$`)];
    return `clusters?filter=${encodeURIComponent(`^(${names.join("|")})`)}`;
}

/** Every value of the runtime. Envoy cannot filter them, and a sidecar has about ten. */
export const RUNTIME: AdminPath = "runtime?format=json";

/** How often an update of listeners was rejected since the sidecar's start. Istio always keeps this statistic. */
export const REFUSALS = "listener_manager.lds.update_rejected";

/** Statistics of tracing, of rejected updates and of one cluster, if the sidecar keeps them. */
export function statistics(cluster: string | undefined): AdminPath {
    const names = ["tracing\\.", `${escapeRegExp(REFUSALS)}$`];
    // In some versions, Istio marks the end of the name with a semicolon.
    if (cluster !== undefined) names.push(`cluster\\.${escapeRegExp(cluster)};?\\.(upstream_(rq|cx)|membership)_`);
    return `stats?filter=${encodeURIComponent(`^(${names.join("|")})`)}`;
}

function dump(resource: string, name: string): AdminPath {
    return `config_dump?resource=${resource}&name_regex=${encodeURIComponent(name)}`;
}
