import { log } from "@pulumi/pulumi";
import type * as pulumi from "@pulumi/pulumi";
import { CollectorTier, type CollectorTierArgs } from "./collectorTier";
import type { Settings } from "./settings";
import { assignsUserIds } from "./settings/platform";
import { ownJaegerHost } from "./settings/tier";
import { describeTier } from "./tierForecast";

/** The Collector tier that the settings ask for, if they do. Says at every preview and update what it amounts to. */
export function stackTier(
    settings: Settings,
    inSystem: { namespace: pulumi.Input<string> },
    options: pulumi.ComponentResourceOptions = {},
): CollectorTier | undefined {
    const args = collectorTierArgs(settings);
    if (args === undefined) return undefined;
    for (const line of describeTier(settings)) void log.info(line);
    return new CollectorTier("collector-tier", { ...inSystem, ...args }, options);
}

/** The settings of the Collector tier; undefined if there is none. */
export function collectorTierArgs(settings: Settings): Omit<CollectorTierArgs, "namespace"> | undefined {
    const { tier, resources, pods } = settings;
    if (tier === undefined) return undefined;
    const jaegerHost = ownJaegerHost(settings);
    return {
        ...tier,
        backends: Object.fromEntries(
            Object.entries(tier.backends).map(([name, { host, port, protocol, path, tls }]) => [
                name,
                { address: { host, port }, protocol, path, tls },
            ]),
        ),
        headers: settings.tierHeaders,
        namespaceName: settings.istio.namespace,
        ...(jaegerHost !== undefined && { jaegerHost }),
        image: settings.images.collector,
        imagePullPolicy: settings.imagePullPolicy,
        ...{ routerResources: resources.router, samplerResources: resources.sampler },
        ...{ routerPods: pods.router, samplerPods: pods.sampler },
        clusterDomain: settings.clusterDomain,
        platformUserIds: assignsUserIds(settings.istio.values),
        readyTimeoutSeconds: settings.readyTimeoutSeconds,
    };
}
