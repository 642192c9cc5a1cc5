import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { AccessRules } from "./render/accessRules";
import { configHash, renderJaegerConfig, type JaegerConfigSpec } from "./render/jaegerConfig";
import { renderAutoscaler, renderDisruptionBudget } from "./render/jaegerRoles";
import { renderJaegerDeployment, type JaegerWorkloadSpec } from "./render/jaegerWorkload";
import { keepsScale, readyWithin } from "./resources";
import type { Kafka } from "./kafka";
import { isAutoscaled, scaledRoles, type JaegerRole, type JaegerRoles } from "./roles";

/** What Jaeger's Deployments have in common. */
export interface JaegerWorkloads extends Omit<JaegerWorkloadSpec, "configMapName" | "configHash" | "role"> {
    config: JaegerConfigSpec["extra"];
    access: AccessRules;
    /** @default one pod with both roles */
    roles: JaegerRoles | undefined;
    /** @default collectors store spans themselves */
    kafka: Kafka | undefined;
    readyTimeoutSeconds: number;
}

/**
 * Creates Jaeger's Deployment with its configuration, or one for each role, with a PodDisruptionBudget and, where the
 * number of pods varies, a HorizontalPodAutoscaler.
 */
export function jaegerDeployments(
    name: string,
    spec: JaegerWorkloads,
    parent: pulumi.Resource,
): k8s.apps.v1.Deployment[] {
    const { roles } = spec;
    if (roles === undefined) return [deployment(name, spec, undefined, parent)];
    return scaledRoles(roles).map(({ name: role, scale }) => {
        const child = `${name}-${role}`;
        const made = deployment(child, spec, { name: role, scale }, parent);
        new k8s.policy.v1.PodDisruptionBudget(child, renderDisruptionBudget(role, spec.namespace), { parent });
        const autoscaler = renderAutoscaler(role, spec.namespace, scale);
        if (autoscaler !== undefined) new k8s.autoscaling.v2.HorizontalPodAutoscaler(child, autoscaler, { parent });
        return made;
    });
}

function deployment(
    name: string,
    spec: JaegerWorkloads,
    role: JaegerWorkloadSpec["role"],
    parent: pulumi.Resource,
): k8s.apps.v1.Deployment {
    const { namespace, storage, kafka, metrics, readyTimeoutSeconds } = spec;
    const access = accessOf(spec.access, role?.name);
    const config = renderJaegerConfig({ storage, kafka, metrics, extra: spec.config, access, role: role?.name });
    const configMap = new k8s.core.v1.ConfigMap(
        `${name}-config`,
        // No fixed name: a new configuration creates a new ConfigMap and restarts the pod.
        { metadata: { namespace }, data: { "config.yaml": JSON.stringify(config, undefined, 2) } },
        { parent },
    );
    const workload = renderJaegerDeployment({
        ...{ ...spec, access, role },
        configMapName: configMap.metadata.name,
        configHash: configHash(config),
    });
    return new k8s.apps.v1.Deployment(name, workload, {
        parent,
        customTimeouts: readyWithin(readyTimeoutSeconds),
        ...keepsScale(role !== undefined && isAutoscaled(role.scale)),
    });
}

/** Only the query server asks for a password. */
function accessOf(access: AccessRules, role: JaegerRole | undefined): AccessRules {
    if (role === undefined || role === "query") return access;
    return { ...access, usersSecret: undefined };
}
