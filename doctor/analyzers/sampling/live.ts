import type { PodObject } from "../../../shared/kubernetes/objects";
import { textAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import type { TracingSummary } from "../../evidence/envoyConfig";
import { routeTracingOf, type RouteTracing } from "../../evidence/routeTracing";
import { limitsOf, RUNTIME_KEYS, type TracingRuntime } from "../../evidence/runtime";
import type { SidecarEvidence } from "../../evidence/sidecar";
import { proxyConfigOf } from "../../inventory/collector";
import { chainOf } from "../sidecar/filterChain";

/** The rate that a sidecar uses for requests of the path. */
export interface Live {
    /** Percentage of new traces, after both limits. */
    percent: number;
    /** The rate alone, without the upper limit `overall_sampling` of the listener, which is a fault of its own. */
    drawnPercent: number;
    /** The route with its own rate, which replaces the listener's. */
    route: string | undefined;
    /** Keys of the runtime that override the listener and the route. */
    overriddenBy: string[];
}

/** The limits of a listener or of a route. */
type Limits = Pick<TracingSummary, "randomSampling" | "overallSampling">;

/** The rate of a sidecar of the path; undefined if it has no tracer, or was not read. */
export function liveOf(sidecar: SidecarEvidence, evidence: Pick<Evidence, "path" | "source">): Live | undefined {
    if ("failure" in sidecar.listeners) return undefined;
    const tracing = chainOf(sidecar, sidecar.listeners.value.chains, evidence)?.tracing;
    if (tracing === undefined) return undefined;
    const route = routeOf(sidecar, evidence);
    const live = liveOfListener(route ?? tracing, runtimeOf(sidecar));
    return route === undefined ? live : { ...live, drawnPercent: live.percent, route: route.route };
}

/**
 * The rate of a listener or a route. Envoy draws both limits from the same number, so that the lower one counts, and
 * uses 100 percent for a limit that is not set: also for those of a route, which replaces its listener's as a whole. The
 * runtime overrides both.
 */
export function liveOfListener(limits: Limits, runtime: TracingRuntime = {}): Live {
    const own = limitsOf(runtime);
    const drawnPercent = own.random ?? limits.randomSampling ?? 100;
    const percent = Math.min(drawnPercent, own.overall ?? limits.overallSampling ?? 100);
    const overriddenBy = (["random", "overall"] as const)
        .filter((limit) => own[limit] !== undefined)
        .map((limit) => RUNTIME_KEYS[limit]);
    return { percent, drawnPercent, route: undefined, overriddenBy };
}

/** The runtime of a sidecar; if it was not read, according to the configuration with which it started. */
export function runtimeOf({ pod, runtime }: Pick<SidecarEvidence, "pod" | "runtime">): TracingRuntime {
    return runtime !== undefined && "value" in runtime ? runtime.value : runtimeAtStart(pod);
}

/** Istio writes `runtimeValues` into the bootstrap of a sidecar. */
export function runtimeAtStart(pod: PodObject): TracingRuntime {
    const { runtimeValues = {} } = (proxyConfigOf(pod) ?? {}) as { runtimeValues?: Record<string, unknown> };
    return Object.fromEntries(
        Object.keys(runtimeValues)
            .filter((key) => key.startsWith("tracing."))
            .map((key) => [key, { value: textAt(runtimeValues, key) ?? "", layer: undefined }]),
    );
}

/** The tracing of the route of the path's requests in a sidecar, if the route has its own. */
export function routeOf({ routes }: SidecarEvidence, { path }: Pick<Evidence, "path">): RouteTracing | undefined {
    if (routes === undefined || "failure" in routes) return undefined;
    const { hostname, pathname } = new URL(path.url);
    return routeTracingOf(routes.value, { host: hostname, path: pathname });
}
