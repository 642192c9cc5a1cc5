import { at, isPlainObject, listAt, textAt } from "../../shared/values/plainObjects";

/** The tracing of one route, which overrides the listener's. */
export interface RouteTracing {
    /** As in a configuration dump: its name, otherwise its match. */
    route: string;
    /** Percentage; undefined for Envoy's default, 100. The listener's does not apply. */
    randomSampling: number | undefined;
    overallSampling: number | undefined;
}

/** The request to match. */
export interface Asked {
    host: string;
    path: string;
}

/** The tracing of the route that a request takes, in Envoy's order; undefined if that route has none. */
export function routeTracingOf(routeConfigs: unknown[], asked: Asked): RouteTracing | undefined {
    for (const config of routeConfigs) {
        const hosts = listAt(config, "virtual_hosts");
        const host =
            hosts.find((one) => domainsOf(one).includes(asked.host)) ??
            hosts.find((one) => domainsOf(one).includes("*"));
        const route = listAt(host, "routes").find((one) => takes(one, asked.path));
        const tracing = route?.["tracing"];
        if (!isPlainObject(tracing)) continue;
        return {
            route:
                textAt(route, "name") ??
                textAt(route, "match", "prefix") ??
                textAt(route, "match", "path") ??
                "a route",
            randomSampling: percentOfFraction(tracing["random_sampling"]),
            overallSampling: percentOfFraction(tracing["overall_sampling"]),
        };
    }
    return undefined;
}

/** The route configurations of a `config_dump?resource=dynamic_route_configs`. */
export function readRouteConfigs(dump: unknown): unknown[] {
    return listAt(dump, "configs").flatMap((entry) => at(entry, "route_config") ?? []);
}

function domainsOf(host: unknown): string[] {
    const domains = at(host, "domains");
    return Array.isArray(domains) ? domains.map(String) : [];
}

/** The doctor's requests do not have the headers and queries that a route requires. */
function takes(route: unknown, path: string): boolean {
    const match = at(route, "match");
    if (listAt(match, "headers").some((header) => header["invert_match"] !== true)) return false;
    if (listAt(match, "query_parameters").length > 0) return false;
    const exact = textAt(match, "path");
    if (exact !== undefined) return exact === path;
    const below = textAt(match, "path_separated_prefix");
    if (below !== undefined) return path === below || path.startsWith(`${below}/`);
    const regex = textAt(match, "safe_regex", "regex");
    if (regex !== undefined) return fits(regex, path);
    return path.startsWith(textAt(match, "prefix") ?? "");
}

function fits(regex: string, path: string): boolean {
    try {
        return new RegExp(`^(?:${regex})$`).test(path);
    } catch {
        return false;
    }
}

const DENOMINATORS: Record<string, number> = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 };

/** A fraction in Envoy's JSON, which omits zeros; undefined for anything else than a map. */
export function percentOfFraction(fraction: unknown): number | undefined {
    if (!isPlainObject(fraction)) return undefined;
    const of = DENOMINATORS[textAt(fraction, "denominator") ?? "HUNDRED"] ?? 100;
    return (Number(fraction["numerator"] ?? 0) / of) * 100;
}
