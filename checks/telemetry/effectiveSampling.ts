import { findProvider, isTracingProvider, type MeshConfigObject, type ProxyConfigObject } from "../mesh/objects";
import { applicableBlocks, countsFor, type AppliedBlock, type TelemetrySources } from "./appliedBlocks";
import type {
    DecidingField,
    ProviderProblem,
    ProxyConfigOrigin,
    RateCorrection,
    SamplingDecision,
} from "./samplingDecision";

/** The configuration that decides the sampling of a namespace or of one workload in it. */
export interface SamplingSources extends TelemetrySources {
    mesh: MeshConfigObject;
    /** One workload of the namespace. Without it, Telemetries with a selector or a target are ignored. */
    workload?: {
        /** Labels of its pods. */
        labels: Record<string, string>;
        /**
         * The configuration with which its proxy started, from PROXY_CONFIG of its container: the mesh's
         * `defaultConfig` at that time, merged with the pod's annotation `proxy.istio.io/config`. Replaces
         * `mesh.defaultConfig`.
         */
        proxyConfig?: ProxyConfigObject;
        /**
         * Who set its `tracing.sampling`.
         * @default unknown
         */
        configuredBy?: ProxyConfigOrigin;
    };
    /**
     * PILOT_TRACE_SAMPLING in istiod's environment, in percent.
     * @default 1, as in Istio
     */
    pilotTraceSampling?: number;
}

/** How many traces are recorded, and which setting decided it. */
export interface EffectiveSampling {
    /**
     * Percentage of new traces that are recorded; 0 if no span is reported. An incoming trace context can override it.
     */
    percent: number;
    /** Name of the provider that receives the spans; undefined if there is none. */
    provider: string | undefined;
    /** False if no span is reported at all, even for requests with a sampled trace context. */
    reporting: boolean;
    /** The setting that decided the percentage, or that no span is reported. */
    decidedBy: SamplingDecision;
    /** Tags of every span in addition to Istio's own, by name. */
    customTags: Record<string, unknown>;
}

/** The sampling on both sides of a proxy, which can differ through Telemetries with `match.mode`. */
export interface WorkloadSampling {
    /** Requests that workloads send, and requests through a gateway. */
    client: EffectiveSampling;
    /** Requests that workloads receive. */
    server: EffectiveSampling;
}

type Decision<T> = { value: T; by: SamplingDecision };
/** The decisions that name a provider. */
type ProviderDecision = Extract<SamplingDecision, { problem?: ProviderProblem }>;
interface Merged {
    provider?: { value: string; by: ProviderDecision };
    percent?: Decision<number>;
    disabled?: Decision<boolean>;
    customTags?: Record<string, unknown>;
}

/**
 * The sampling of a proxy, by Istio's precedence: the provider's sampler, then Telemetries (of the root namespace, of
 * the namespace, of the workload; for each field, the last one wins), then the proxy's configuration, then
 * PILOT_TRACE_SAMPLING, then 1 percent. Waypoints, and Telemetries attached to Services, are not covered.
 *
 * Source: https://github.com/istio/istio/blob/release-1.31/pilot/pkg/model/telemetry.go (Tracing) and
 * https://github.com/istio/istio/blob/release-1.31/pilot/pkg/networking/core/tracing.go (configureTracingFromTelemetry)
 */
export function effectiveSampling(sources: SamplingSources): WorkloadSampling {
    return { client: samplingOf(sources, "CLIENT"), server: samplingOf(sources, "SERVER") };
}

function samplingOf(sources: SamplingSources, mode: "CLIENT" | "SERVER"): EffectiveSampling {
    const { mesh } = sources;
    const blocks = applicableBlocks(sources);
    const proxy = sources.workload?.proxyConfig ?? mesh.defaultConfig;
    const fromMesh = mesh.defaultProviders?.tracing?.[0];
    if (blocks.length === 0 && fromMesh === undefined) return withoutTelemetry(sources, proxy);
    const merged = merge(blocks, mode, fromMesh);
    const customTags = filled(merged.customTags) ?? proxy?.tracing?.customTags ?? {};
    const nothing = (decidedBy: SamplingDecision): EffectiveSampling => ({
        ...{ percent: 0, provider: merged.provider?.value, reporting: false, decidedBy, customTags },
    });
    if (merged.disabled?.value === true) return nothing(merged.disabled.by);
    const chosen = merged.provider;
    if (chosen === undefined) return nothing({ source: "none", missing: "provider" });
    const unfit = (reason: ProviderProblem["reason"]): EffectiveSampling =>
        nothing({ ...chosen.by, problem: { provider: chosen.value, reason } });
    const provider = findProvider(mesh, chosen.value);
    if (provider === undefined) return unfit("missing");
    if (!isTracingProvider(provider)) return unfit("takesNoTraces");
    const { value, by } = ownSampler(provider) ?? merged.percent ?? proxyRate(sources, proxy);
    return { percent: value, provider: provider.name, reporting: true, decidedBy: by, customTags };
}

function merge(blocks: AppliedBlock[], mode: "CLIENT" | "SERVER", fromMesh: string | undefined): Merged {
    const merged: Merged = {};
    if (fromMesh !== undefined) {
        merged.provider = { value: fromMesh, by: { source: "meshConfig", field: "defaultProviders" } };
    }
    for (const { block, of } of blocks) {
        const by = (field: DecidingField): ProviderDecision => ({
            source: "telemetry",
            object: { namespace: of.metadata.namespace ?? "", name: of.metadata.name },
            field,
        });
        if (!countsFor(block, mode)) continue;
        const [provider] = block.providers ?? [];
        const { randomSamplingPercentage: percent, disableSpanReporting: disabled, customTags } = block;
        if (provider !== undefined) merged.provider = { value: provider.name, by: by("providers") };
        if (percent != null) merged.percent = { value: percent, by: by("randomSamplingPercentage") };
        if (disabled != null) merged.disabled = { value: disabled, by: by("disableSpanReporting") };
        if (customTags != null) merged.customTags = customTags;
    }
    return merged;
}

/** The provider's own sampler receives every span and decides itself. */
function ownSampler(provider: Record<string, unknown>): Decision<number> | undefined {
    const otlp = provider["opentelemetry"] as Record<string, unknown> | undefined;
    if (otlp?.["dynatraceSampler"] === undefined) return undefined;
    return { value: 100, by: { source: "providerSampler", provider: String(provider["name"]) } };
}

/** Tracing without the Telemetry API: with the tracer of the proxy's bootstrap configuration, if it has one. */
function withoutTelemetry(sources: SamplingSources, proxy: ProxyConfigObject | undefined): EffectiveSampling {
    const tracer = ["zipkin", "datadog", "stackdriver", "lightstep", "openCensusAgent"].find(
        (kind) => proxy?.tracing?.[kind] !== undefined,
    );
    const customTags = proxy?.tracing?.customTags ?? {};
    const off = { percent: 0, provider: undefined, reporting: false, customTags };
    if (sources.mesh.enableTracing === false) {
        return { ...off, decidedBy: { source: "meshConfig", field: "enableTracing" } };
    }
    if (tracer === undefined) return { ...off, decidedBy: { source: "none", missing: "tracing" } };
    const { value, by } = proxyRate(sources, proxy);
    return { percent: value, provider: tracer, reporting: true, decidedBy: by, customTags };
}

/** The rate of the legacy field, which cannot express 0 and treats more than 100 as 1. */
function proxyRate(sources: SamplingSources, proxy: ProxyConfigObject | undefined): Decision<number> {
    const rate = proxy?.tracing?.sampling;
    if (rate !== undefined && rate !== 0) {
        const corrections: RateCorrection[] = rate > 100 ? ["above100"] : [];
        const by: SamplingDecision =
            sources.workload?.proxyConfig === undefined
                ? { source: "meshConfig", field: "defaultConfig.tracing.sampling", corrections }
                : {
                      source: "proxyConfig",
                      field: "tracing.sampling",
                      setBy: sources.workload.configuredBy,
                      corrections,
                  };
        return { value: rate > 100 ? 1 : rate, by };
    }
    const ignored: RateCorrection[] = rate === 0 ? ["zeroIgnored"] : [];
    const pilot = sources.pilotTraceSampling;
    if (pilot === undefined) return { value: 1, by: { source: "istioDefault", corrections: ignored } };
    const inRange = pilot >= 0 && pilot <= 100;
    const corrections: RateCorrection[] = inRange ? ignored : ["outOfRange", ...ignored];
    return { value: inRange ? pilot : 1, by: { source: "istiod", field: "PILOT_TRACE_SAMPLING", corrections } };
}

function filled(tags: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
    return tags !== undefined && Object.keys(tags).length > 0 ? tags : undefined;
}
