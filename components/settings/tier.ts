import { ownCollectorHost } from "../collector";
import type { SamplerLoad, SamplerSize } from "../../checks/collector/tierSizing";
import { parseQuantity } from "../../shared/kubernetes/quantities";
import { RECEIVER_PORTS } from "../../shared/names/ports";
import { COLLECTOR_PODS } from "../render/jaegerRoles";
import type { NamedBackend } from "../render/tierBackends";
import type { JaegerRoles } from "../roles";
import { TIER_NAMES, type CollectorTier } from "../tier";
import type { ParsedSettings } from "./parse";

/** The settings of the tier that a component has as well, under their own names. */
export type TierValues = Pick<
    ParsedSettings,
    | "collectorTier.layout"
    | "collectorTier.keep"
    | "collectorTier.routers"
    | "collectorTier.samplers"
    | "collectorTier.resolver"
    | "collectorTier.decisionWaitSeconds"
    | "collectorTier.waitingTraces"
    | "collectorTier.gracePeriodSeconds"
    | "collectorTier.backends"
    | "collectorTier.exclude"
    | "collectorTier.redact"
    | "collectorTier.resourceAttributes"
    | "collectorTier.maxAttributeLength"
    | "collectorTier.expected"
>;

/** The tier that these settings describe, whether it is on or not. */
export function tierOf(values: TierValues, headers: Record<string, object>): CollectorTier {
    const layout = values["collectorTier.layout"];
    return {
        layout,
        keep: values["collectorTier.keep"],
        routers: values["collectorTier.routers"],
        samplers: layout === "single" ? 1 : values["collectorTier.samplers"],
        resolver: values["collectorTier.resolver"],
        decisionWaitSeconds: values["collectorTier.decisionWaitSeconds"],
        waitingTraces: values["collectorTier.waitingTraces"],
        gracePeriodSeconds: values["collectorTier.gracePeriodSeconds"],
        backends: Object.fromEntries(
            Object.entries(values["collectorTier.backends"]).map(([name, { address, protocol, path, tls }]) => [
                name,
                {
                    ...{ ...address, protocol: protocol ?? ("otlp-grpc" as const), path },
                    tls: tls?.ca === undefined ? undefined : { ...tls, ca: tls.ca },
                    headers: Object.keys(headers[name] ?? {}),
                },
            ]),
        ),
        exclude: values["collectorTier.exclude"],
        redact: values["collectorTier.redact"],
        resourceAttributes: values["collectorTier.resourceAttributes"],
        maxAttributeLength: values["collectorTier.maxAttributeLength"],
        expected: values["collectorTier.expected"],
    };
}

/** The tier that the settings ask for; undefined for none. */
export function resolveTier(values: ParsedSettings): CollectorTier | undefined {
    return values["collectorTier.enabled"] ? tierOf(values, values.collectorTierHeaders) : undefined;
}

/** Full name of the Service that takes spans from the mesh for the tier. */
export function tierHost(namespace: string, clusterDomain: string): string {
    return `${TIER_NAMES.service}.${namespace}.svc.${clusterDomain}`;
}

/** Every back end of a tier: the stack's own Jaeger first, if there is one. */
export function tierBackends(tier: CollectorTier, jaegerHost: string | undefined): NamedBackend[] {
    const jaeger: NamedBackend = {
        ...{ name: "jaeger", host: jaegerHost ?? "", port: RECEIVER_PORTS["otlp-grpc"], protocol: "otlp-grpc" },
        ...{ path: undefined, tls: undefined, headers: [] },
    };
    const others = Object.entries(tier.backends).map(([name, backend]) => ({ ...backend, name }));
    return [...(jaegerHost === undefined ? [] : [jaeger]), ...others];
}

/** Host of the stack's own Jaeger for samplers, if it has one. With roles, it has an address for each collector. */
export function ownJaegerHost({
    jaeger,
    istio,
    clusterDomain,
}: {
    jaeger: { deploy: boolean; roles: JaegerRoles | undefined };
    istio: { namespace: string };
    clusterDomain: string;
}): string | undefined {
    if (!jaeger.deploy) return undefined;
    const host = ownCollectorHost(istio.namespace, clusterDomain);
    return jaeger.roles === undefined ? host : host.replace(/^[^.]+/, COLLECTOR_PODS);
}

/** What decides how many traces the samplers can wait for. */
export function samplerSize(tier: CollectorTier, memoryLimit: string | undefined): SamplerSize {
    const { samplers, waitingTraces, decisionWaitSeconds } = tier;
    return { samplers, waitingTraces, decisionWaitSeconds, memoryLimitBytes: parseQuantity(memoryLimit ?? "") };
}

/** What the settings expect to reach the samplers; undefined if they expect nothing. */
export function samplerLoad({ expected }: CollectorTier, headPercent: number): SamplerLoad | undefined {
    return expected && { ...expected, headPercent };
}
