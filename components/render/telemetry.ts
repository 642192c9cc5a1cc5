import type { NamespaceTracing } from "../namespaceTracing";
import { TRACING_PROVIDER } from "./meshConfig";
import { atLeast } from "./releases";
import type { PlainObject } from "../../shared/values/plainObjects";

/**
 * Spec of the mesh-wide Telemetry: no selector, so that it covers every workload.
 *
 * `samplingPercent` stands beside `providers`: nested under a provider Istio drops it without a word. At 0 span
 * reporting is switched off as well, since a rate of 0 alone still lets `x-client-trace-id` force a span.
 *
 * Source: https://istio.io/latest/docs/reference/config/telemetry/#Tracing
 */
export function renderTelemetrySpec(
    samplingPercent: number,
    istioVersion: string,
    provider: string = TRACING_PROVIDER,
): PlainObject {
    const customTags = bareUrlTag(istioVersion);
    return {
        tracing: [
            {
                providers: [{ name: provider }],
                randomSamplingPercentage: samplingPercent,
                disableSpanReporting: samplingPercent === 0,
                ...(customTags !== undefined && { customTags }),
            },
        ],
    };
}

/**
 * The tag by which spans tell a URL without its query, where applications put tokens, and cut after 256 characters.
 * Envoy's own tag of this name has the query. Proxies before Istio 1.30 keep that one.
 */
function bareUrlTag(istioVersion: string): PlainObject | undefined {
    if (!atLeast(istioVersion, 1, 30)) return undefined;
    const value = "%REQ(:SCHEME)%://%REQ(:AUTHORITY)%%PATH(NQ:ORIG_OR_PATH):256%";
    return { "http.url": { formatter: { value } } };
}

/**
 * Spec of a namespace's own Telemetry; undefined when it has nothing to say. What it leaves out is as in the whole mesh.
 *
 * A rate says for itself whether spans are reported, since a mesh-wide rate of 0 switches that off.
 */
export function renderNamespaceTelemetrySpec(
    tracing: Omit<NamespaceTracing, "injection">,
    istioVersion: string,
): PlainObject | undefined {
    const { samplingPercent, customTags, provider } = tracing;
    if (samplingPercent === undefined && customTags === undefined && provider === undefined) return undefined;
    return {
        tracing: [
            {
                ...(provider !== undefined && { providers: [{ name: provider }] }),
                ...(samplingPercent !== undefined && {
                    randomSamplingPercentage: samplingPercent,
                    disableSpanReporting: samplingPercent === 0,
                }),
                // Tags of a namespace take the place of all of the mesh's.
                ...(customTags !== undefined && { customTags: { ...bareUrlTag(istioVersion), ...customTags } }),
            },
        ],
    };
}
