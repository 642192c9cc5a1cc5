import type * as pulumi from "@pulumi/pulumi";
import { FLAG, imageRule, NAMESPACE_RULE, PODS_RULE, resourcesRule, SERVICE_HOST, setting } from "./argumentRules";
import type { PodPolicy } from "./pods";
import type { ResourceRequirements } from "./resources";
import type { TierConfigSpec } from "./render/tierConfig";
import {
    asGiven,
    inArguments,
    optional,
    preset,
    required,
    resolveArgs,
    schemaRule,
    type Resolved,
    type Rule,
} from "./resolve";
import type { RulesFor } from "./resolve";
import { findResourceProblems } from "./settings/contradictions";
import { NAMESPACE_SCHEMAS } from "./settings/namespacesFields";
import { tierBackends, tierOf, type TierValues } from "./settings/tier";
import { findTierProblems } from "./settings/tierContradictions";
import { TIER_FIELDS } from "./settings/tierFields";
import * as versions from "./versions";

/** The settings of a tier, each with the meaning and the default of `collectorTier.NAME` in docs/settings.md. */
type TierSettings = {
    [Key in keyof TierValues as Key extends `collectorTier.${infer Name}` ? Name : never]?: TierValues[Key];
};

/** Inputs of the component CollectorTier, beside the settings of the tier. */
export interface CollectorTierArgs extends TierSettings {
    /** Existing namespace for every child. The namespace's own label must not enable injection. */
    namespace: pulumi.Input<string>;
    /** Name of that namespace. Plain, because it stands in the Collectors' configuration. */
    namespaceName: string;
    /**
     * Full name of the Service of a Jaeger that gets every kept trace.
     * @default only `backends` get them
     */
    jaegerHost?: string;
    /**
     * Headers of every call to a back end, by its name. Always kept as Pulumi secrets.
     * @default none
     */
    headers?: Record<string, Record<string, pulumi.Input<string>>>;
    /**
     * Image of an OpenTelemetry Collector with load_balancing and tail_sampling.
     * @default the image pinned in versions.ts
     */
    image?: string;
    /** @default IfNotPresent */
    imagePullPolicy?: string;
    /** @default 100m CPU and 128Mi memory requested, 1 CPU and 512Mi memory at most */
    routerResources?: ResourceRequirements;
    /** @default 200m CPU and 512Mi memory requested, 2 CPU and 1Gi memory at most */
    samplerResources?: ResourceRequirements;
    /** @default the cluster's defaults */
    routerPods?: Partial<PodPolicy>;
    /** @default the cluster's defaults */
    samplerPods?: Partial<PodPolicy>;
    /** @default cluster.local */
    clusterDomain?: string;
    /**
     * True: the pods name no user and no group, for platforms that give every namespace its own, such as OpenShift.
     * @default false
     */
    platformUserIds?: boolean;
    /**
     * Time limit for the pods to become ready, in seconds, 10 to 3600.
     * @default 300
     */
    readyTimeoutSeconds?: number;
}

const HEADERS: Rule<Record<string, Record<string, pulumi.Input<string>>>> = preset(
    asGiven(schemaRule(TIER_FIELDS.collectorTierHeaders, TIER_FIELDS.collectorTierHeaders.schema)),
    {},
);

const RULES = {
    namespace: NAMESPACE_RULE,
    namespaceName: required(
        schemaRule(
            { expected: "the name of the namespace: 1 to 63 of a-z, 0-9 and -", next: "write it like istio-system" },
            NAMESPACE_SCHEMAS.name,
        ),
    ),
    layout: setting("collectorTier.layout"),
    keep: setting("collectorTier.keep"),
    routers: setting("collectorTier.routers"),
    samplers: setting("collectorTier.samplers"),
    resolver: setting("collectorTier.resolver"),
    decisionWaitSeconds: setting("collectorTier.decisionWaitSeconds"),
    waitingTraces: setting("collectorTier.waitingTraces"),
    gracePeriodSeconds: setting("collectorTier.gracePeriodSeconds"),
    backends: setting("collectorTier.backends"),
    exclude: setting("collectorTier.exclude"),
    redact: setting("collectorTier.redact"),
    resourceAttributes: setting("collectorTier.resourceAttributes"),
    maxAttributeLength: setting("collectorTier.maxAttributeLength"),
    expected: setting("collectorTier.expected"),
    jaegerHost: optional(SERVICE_HOST),
    headers: HEADERS,
    image: imageRule("collector", versions.COLLECTOR_IMAGE),
    imagePullPolicy: setting("imagePullPolicy"),
    routerResources: resourcesRule("router"),
    samplerResources: resourcesRule("sampler"),
    routerPods: PODS_RULE,
    samplerPods: PODS_RULE,
    clusterDomain: setting("clusterDomain"),
    platformUserIds: preset(FLAG, false),
    readyTimeoutSeconds: setting("readyTimeoutSeconds"),
} satisfies RulesFor<CollectorTierArgs>;

/** The settings behind arguments with a different name. */
const ARGUMENT_OF = {
    "resources.router": "routerResources",
    "resources.sampler": "samplerResources",
    ...Object.fromEntries(
        Object.keys(TIER_FIELDS).flatMap((key) =>
            key.startsWith("collectorTier.") ? [[key, key.slice("collectorTier.".length)]] : [],
        ),
    ),
};

/**
 * The arguments of the component CollectorTier, complete and valid, with what the Collectors' configuration is made from.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolveCollectorTier(
    name: string,
    args: CollectorTierArgs,
): Resolved<typeof RULES> & { config: TierConfigSpec } {
    return resolveArgs("CollectorTier", name, args, RULES, (given) => {
        const tier = tierOf(
            {
                "collectorTier.layout": given.layout,
                "collectorTier.keep": given.keep,
                "collectorTier.routers": given.routers,
                "collectorTier.samplers": given.samplers,
                "collectorTier.resolver": given.resolver,
                "collectorTier.decisionWaitSeconds": given.decisionWaitSeconds,
                "collectorTier.waitingTraces": given.waitingTraces,
                "collectorTier.gracePeriodSeconds": given.gracePeriodSeconds,
                "collectorTier.backends": given.backends,
                "collectorTier.exclude": given.exclude,
                "collectorTier.redact": given.redact,
                "collectorTier.resourceAttributes": given.resourceAttributes,
                "collectorTier.maxAttributeLength": given.maxAttributeLength,
                "collectorTier.expected": given.expected,
            },
            given.headers,
        );
        const { jaegerHost, namespaceName: namespace, clusterDomain } = given;
        const problems = [
            ...findTierProblems(tier, jaegerHost !== undefined),
            ...findResourceProblems({ router: given.routerResources, sampler: given.samplerResources }),
        ];
        return {
            spec: { ...given, config: { tier, namespace, clusterDomain, backends: tierBackends(tier, jaegerHost) } },
            problems: inArguments(problems, ARGUMENT_OF),
        };
    });
}
