import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { PodPolicy } from "./pods";
import { configHash } from "./render/jaegerConfig";
import { renderServiceAccount } from "./render/podPolicy";
import { authorityMounts, headerVariables } from "./render/tierBackends";
import { renderRouterConfig, renderSamplerConfig, type TierConfigSpec } from "./render/tierConfig";
import {
    renderDisruptionBudget,
    renderRouterAutoscaler,
    renderSamplerService,
    renderTierPolicy,
    RESOLVER_RULES,
} from "./render/tierObjects";
import { renderRouter, renderSampler, tierLabels, type TierWorkloadSpec } from "./render/tierWorkloads";
import { keepsScale, readyWithin, type ResourceRequirements } from "./resources";
import { serviceAccount } from "./serviceAccount";
import { TIER_NAMES } from "./tier";
import type { PlainObject } from "../shared/values/plainObjects";

/** What both parts of a tier are made from. */
export interface TierPartSpec {
    namespace: pulumi.Input<string>;
    config: TierConfigSpec;
    image: string;
    imagePullPolicy: string;
    resources: ResourceRequirements;
    pods: PodPolicy;
    platformUserIds: boolean;
    readyTimeoutSeconds: number;
}

/** Registers the samplers and what belongs to them, but for their NetworkPolicy; returns their StatefulSet. */
export function tierSamplers(
    spec: TierPartSpec,
    headers: Record<string, pulumi.Input<string>>,
    parent: pulumi.Resource,
): k8s.apps.v1.StatefulSet {
    const { namespace, config } = spec;
    const name = TIER_NAMES.sampler;
    const secret =
        Object.keys(headers).length === 0
            ? undefined
            : new k8s.core.v1.Secret(`${name}-headers`, { metadata: { namespace }, stringData: headers }, { parent });
    new k8s.core.v1.Service(name, renderSamplerService(namespace), { parent });
    disruptionBudget(name, spec, parent);
    const account = renderServiceAccount(name, namespace, tierLabels(name), spec.pods);
    const workload = renderSampler({
        ...commonSpec(name, spec, renderSamplerConfig(config), parent),
        serviceAccountName: serviceAccount(name, account, parent),
        replicas: config.tier.samplers,
        decides: config.tier.keep !== undefined,
        headers: headerVariables(config.backends),
        headersSecret: secret?.metadata.name,
        authorities: authorityMounts(config.backends),
    });
    return new k8s.apps.v1.StatefulSet(name, workload, {
        parent,
        // An update replaces one sampler after the other.
        customTimeouts: readyWithin(spec.readyTimeoutSeconds * config.tier.samplers),
    });
}

/** Registers the routers and what belongs to them; returns their Deployment. */
export function tierRouters(
    spec: TierPartSpec,
    samplers: pulumi.Resource,
    parent: pulumi.Resource,
): k8s.apps.v1.Deployment {
    const { namespace, config } = spec;
    const name = TIER_NAMES.router;
    const { routers, resolver } = config.tier;
    const asksApiServer = resolver === "k8s";
    const isAutoscaled = routers.min < routers.max;
    new k8s.networking.v1.NetworkPolicy(name, renderTierPolicy(namespace, name, config.tier), { parent });
    disruptionBudget(name, spec, parent);
    if (isAutoscaled)
        new k8s.autoscaling.v2.HorizontalPodAutoscaler(name, renderRouterAutoscaler(namespace, routers), { parent });
    const rights = asksApiServer ? resolverRights(spec, parent) : undefined;
    const account = renderServiceAccount(name, namespace, tierLabels(name), spec.pods);
    const workload = renderRouter({
        ...commonSpec(name, spec, renderRouterConfig(config), parent),
        serviceAccountName: rights?.account ?? serviceAccount(name, account, parent),
        replicas: routers.min,
        isAutoscaled,
        asksApiServer,
    });
    return new k8s.apps.v1.Deployment(name, workload, {
        parent,
        customTimeouts: readyWithin(spec.readyTimeoutSeconds),
        ...keepsScale(isAutoscaled),
        // A router without a sampler, or without the right to look for one, has nowhere to send spans.
        dependsOn: rights === undefined ? [samplers] : [samplers, rights.binding],
    });
}

/** The routers' own account, which may look for the samplers' addresses. */
function resolverRights(
    { namespace, pods }: TierPartSpec,
    parent: pulumi.Resource,
): { account: pulumi.Output<string>; binding: pulumi.Resource } {
    const name = TIER_NAMES.router;
    const labels = { ...pods.labels, ...tierLabels(name) };
    const metadata = { name, namespace, labels };
    const account = new k8s.core.v1.ServiceAccount(
        name,
        {
            metadata: { ...metadata, annotations: pods.serviceAccountAnnotations },
            automountServiceAccountToken: false,
        },
        { parent },
    );
    const role = new k8s.rbac.v1.Role(name, { metadata, rules: RESOLVER_RULES }, { parent });
    const binding = new k8s.rbac.v1.RoleBinding(
        name,
        {
            metadata,
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
            subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace }],
        },
        { parent },
    );
    return { account: account.metadata.name, binding };
}

/** How many of a part's pods may be gone. */
function disruptionBudget(name: string, { namespace }: TierPartSpec, parent: pulumi.Resource): void {
    new k8s.policy.v1.PodDisruptionBudget(name, renderDisruptionBudget(namespace, name), { parent });
}

function commonSpec(
    name: string,
    spec: TierPartSpec,
    config: PlainObject,
    parent: pulumi.Resource,
): Omit<TierWorkloadSpec, "serviceAccountName"> {
    const { namespace, image, imagePullPolicy, resources, pods, platformUserIds } = spec;
    const data = { "config.yaml": JSON.stringify(config, undefined, 2) };
    // No fixed name: a new configuration creates a new ConfigMap and restarts the pods.
    const configMap = new k8s.core.v1.ConfigMap(`${name}-config`, { metadata: { namespace }, data }, { parent });
    return {
        ...{ namespace, image, imagePullPolicy, resources, pods, platformUserIds },
        gracePeriodSeconds: spec.config.tier.gracePeriodSeconds,
        configMapName: configMap.metadata.name,
        configHash: configHash(config),
    };
}
