import type { Evidence } from "../../evidence";
import type { TracingSummary } from "../../evidence/envoyConfig";
import { routeTracingOf, type RouteTracing } from "../../evidence/routeTracing";
import type { SidecarEvidence } from "../../evidence/sidecar";
import { chainOf } from "../sidecar/filterChain";

/** The rate that a sidecar uses for requests of the path. */
export interface Live {
    /** Percentage of new traces, after both limits. */
    percent: number;
    /** The rate alone, without the upper limit `overall_sampling` of the listener, which is a fault of its own. */
    drawnPercent: number;
    /** The route with its own rate, which replaces the listener's. */
    route: string | undefined;
}

/** The rate of a sidecar of the path; undefined if it has no tracer, or was not read. */
export function liveOf(sidecar: SidecarEvidence, evidence: Pick<Evidence, "path" | "source">): Live | undefined {
    if ("failure" in sidecar.listeners) return undefined;
    const tracing = chainOf(sidecar, sidecar.listeners.value.chains, evidence)?.tracing;
    if (tracing === undefined) return undefined;
    const route = routeOf(sidecar, evidence);
    const percent = liveOfListener(route ?? tracing);
    return {
        percent,
        drawnPercent: route === undefined ? (tracing.randomSampling ?? 100) : percent,
        route: route?.route,
    };
}

/**
 * The rate of a listener or a route. Envoy draws both limits from the same number, so that the lower one counts, and
 * uses 100 percent for a limit that is not set: also for those of a route, which replaces its listener's as a whole.
 */
export function liveOfListener(tracing: Pick<TracingSummary, "randomSampling" | "overallSampling">): number {
    return Math.min(tracing.randomSampling ?? 100, tracing.overallSampling ?? 100);
}

/** The tracing of the route of the path's requests in a sidecar, if the route has its own. */
export function routeOf({ routes }: SidecarEvidence, { path }: Pick<Evidence, "path">): RouteTracing | undefined {
    if (routes === undefined || "failure" in routes) return undefined;
    const { hostname, pathname } = new URL(path.url);
    return routeTracingOf(routes.value, { host: hostname, path: pathname });
}
