import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { PodPolicy } from "./pods";
import { renderTierPolicy, renderTierService } from "./render/tierObjects";
import type { ResourceRequirements } from "./resources";
import { TIER_NAMES } from "./tier";
import { tierRouters, tierSamplers, type TierPartSpec } from "./tierParts";
import { resolveCollectorTier, type CollectorTierArgs } from "./tierRules";

export type { CollectorTierArgs } from "./tierRules";

/**
 * OpenTelemetry Collectors between a mesh and the back ends of its traces, outside of the mesh: routers, which send all
 * spans of a trace to one sampler, and samplers, which decide about it. With the layout `single`, one sampler alone.
 *
 * Children, named so in the cluster too: Service `tracing-collector`; Deployment, HorizontalPodAutoscaler,
 * PodDisruptionBudget, NetworkPolicy, ServiceAccount, Role and RoleBinding `tracing-router`; StatefulSet, Service,
 * PodDisruptionBudget and NetworkPolicy `tracing-sampler`; ConfigMaps `tracing-router-config` and `tracing-sampler-config`
 * and Secret `tracing-sampler-headers` under generated names.
 */
export class CollectorTier extends pulumi.ComponentResource {
    /** Known when the Collectors that take spans from the mesh are ready. */
    public readonly ready: pulumi.Output<string>;

    constructor(name: string, args: CollectorTierArgs, opts?: pulumi.ComponentResourceOptions) {
        const spec = resolveCollectorTier(name, args);
        const headers = flattened(spec.headers);
        super("istio-tracing:components:CollectorTier", name, { ...args, headers }, opts);

        const { namespace, config } = spec;
        const part = (resources: ResourceRequirements, pods: PodPolicy): TierPartSpec => ({ ...spec, resources, pods });
        const isSplit = config.tier.layout === "split";
        const samplers = tierSamplers(part(spec.samplerResources, spec.samplerPods), headers, this);
        const intake = isSplit ? tierRouters(part(spec.routerResources, spec.routerPods), samplers, this) : samplers;
        const policyOfSamplers = (after: pulumi.Resource[]): pulumi.Resource =>
            new k8s.networking.v1.NetworkPolicy(
                TIER_NAMES.sampler,
                renderTierPolicy(namespace, TIER_NAMES.sampler, config.tier),
                { parent: this, dependsOn: after },
            );
        // A change of the layout moves the Service from one part to the other. The samplers take spans from the mesh
        // before that, or until after it.
        const before = isSplit ? [intake] : [intake, policyOfSamplers([])];
        const service = new k8s.core.v1.Service(TIER_NAMES.service, renderTierService(namespace, config.tier), {
            ...{ parent: this, dependsOn: before },
        });
        if (isSplit) policyOfSamplers([service]);

        this.ready = intake.urn;
        this.registerOutputs({ ready: this.ready });
    }
}

/** The headers of all back ends as a Secret has them, `BACKEND.HEADER`. */
function flattened(
    headers: Record<string, Record<string, pulumi.Input<string>>>,
): Record<string, pulumi.Output<string>> {
    return Object.fromEntries(
        Object.entries(headers).flatMap(([backend, all]) =>
            Object.entries(all).map(([header, value]) => [`${backend}.${header}`, pulumi.secret(value)] as const),
        ),
    );
}
