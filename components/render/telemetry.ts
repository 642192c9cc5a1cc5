import type { NamespaceTracing } from "../namespaceTracing";
import { TRACING_PROVIDER } from "./meshConfig";
import { atLeast } from "./releases";
import type { PlainObject } from "../../shared/values/plainObjects";

/**
 * Spec of the mesh-wide Telemetry: no selector, so that it covers every workload.
 *
 * The rate is a sibling of `providers`, because Istio silently drops it below a provider. At 0, span reporting is also
 * turned off, because with only a rate of 0, `x-client-trace-id` can still force a span.
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
 * The tag with the URL, limited to 256 characters and without its query, where applications put tokens. Envoy's own tag
 * of this name contains the query, which proxies before Istio 1.30 keep.
 */
function bareUrlTag(istioVersion: string): PlainObject | undefined {
    if (!atLeast(istioVersion, 1, 30)) return undefined;
    const value = "%REQ(:SCHEME)%://%REQ(:AUTHORITY)%%PATH(NQ:ORIG_OR_PATH):256%";
    return { "http.url": { formatter: { value } } };
}

/** What is said of a namespace's tracing; undefined if that is nothing, so that it needs no Telemetry. */
export function namespaceTracing(tracing: NamespaceSpec): NamespaceSpec | undefined {
    const { samplingPercent, customTags, provider } = tracing;
    return [samplingPercent, customTags, provider].every((value) => value === undefined) ? undefined : tracing;
}

type NamespaceSpec = Omit<NamespaceTracing, "injection">;

/**
 * Spec of a namespace's own Telemetry. For omitted fields, the mesh-wide Telemetry applies.
 *
 * A rate also decides whether spans are reported, because a mesh-wide rate of 0 turns that off.
 */
export function renderNamespaceTelemetrySpec(
    { samplingPercent, customTags, provider }: NamespaceSpec,
    istioVersion: string,
): PlainObject {
    return {
        tracing: [
            {
                ...(provider !== undefined && { providers: [{ name: provider }] }),
                ...(samplingPercent !== undefined && {
                    randomSamplingPercentage: samplingPercent,
                    disableSpanReporting: samplingPercent === 0,
                }),
                // Tags of a namespace replace all tags of the mesh.
                ...(customTags !== undefined && { customTags: { ...bareUrlTag(istioVersion), ...customTags } }),
            },
        ],
    };
}
