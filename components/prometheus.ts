import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ALERTS_RULE, FLAG, imageRule, NAMESPACE_RULE, PODS_RULE, resourcesRule, setting } from "./argumentRules";
import { PROMETHEUS_NAME } from "./metrics";
import type { PodPolicy } from "./pods";
import { configHash } from "./render/jaegerConfig";
import { renderRuleGroups, type AlertRulesSpec } from "./render/alertRules";
import { CONFIG_FILE, renderPrometheusConfig, RULES_FILE } from "./render/prometheusConfig";
import {
    PROMETHEUS_LABELS,
    PROMETHEUS_RULES,
    renderPrometheusDeployment,
    renderPrometheusService,
} from "./render/prometheusWorkload";
import type { PlainObject } from "../shared/values/plainObjects";
import { inArguments, optional, preset, resolveArgs, type Resolved, type RulesFor } from "./resolve";
import { readyWithin, type ResourceRequirements } from "./resources";
import { findResourceProblems } from "./settings/contradictions";
import * as versions from "./versions";

/** Inputs of {@link Prometheus}. */
export interface PrometheusArgs {
    /** Existing namespace for every child. The namespace's own label must not enable injection. */
    namespace: pulumi.Input<string>;
    /**
     * Image of Prometheus 2.42 or newer.
     * @default the image pinned in versions.ts
     */
    image?: string;
    /** @default IfNotPresent */
    imagePullPolicy?: string;
    /**
     * What the alerts depend on.
     * @default Prometheus has no alerts
     */
    alerts?: AlertRulesSpec;
    /** @default 100m CPU and 256Mi memory requested, 1 CPU and 1Gi memory at most */
    resources?: ResourceRequirements;
    /**
     * Scheduling, labels and annotations of the pods, and how their images are pulled.
     * @default the cluster's defaults
     */
    pods?: Partial<PodPolicy>;
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

/**
 * One Prometheus for development and CI. It scrapes Jaeger, istiod, and the sidecars of all namespaces, and keeps one day
 * in its pod.
 *
 * Children: ConfigMap `<name>-config`, ServiceAccount, ClusterRole, ClusterRoleBinding, Deployment and Service `<name>`. In
 * the cluster, they are named `tracing-prometheus`; the ClusterRole and its binding have generated names.
 */
export class Prometheus extends pulumi.ComponentResource {
    /** Name of the Service, once the pod is ready. */
    public readonly serviceName: pulumi.Output<string>;

    constructor(name: string, args: PrometheusArgs, opts?: pulumi.ComponentResourceOptions) {
        const spec = resolvePrometheus(name, args);
        const { namespace } = spec;
        super("istio-tracing:components:Prometheus", name, { ...args }, opts);

        const child = { parent: this };
        const config = renderPrometheusConfig();
        const rules = spec.alerts === undefined ? { groups: [] } : renderRuleGroups(spec.alerts);
        const configMap = new k8s.core.v1.ConfigMap(
            `${name}-config`,
            // No fixed name: a new configuration creates a new ConfigMap and restarts the pod.
            { metadata: { namespace }, data: { [CONFIG_FILE]: inFile(config), [RULES_FILE]: inFile(rules) } },
            child,
        );
        const account = new k8s.core.v1.ServiceAccount(
            name,
            {
                metadata: {
                    ...{ name: PROMETHEUS_NAME, namespace },
                    labels: { ...spec.pods.labels, ...PROMETHEUS_LABELS },
                    annotations: spec.pods.serviceAccountAnnotations,
                },
                automountServiceAccountToken: false,
            },
            child,
        );
        const role = new k8s.rbac.v1.ClusterRole(name, { rules: PROMETHEUS_RULES }, child);
        const binding = new k8s.rbac.v1.ClusterRoleBinding(
            name,
            {
                roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
                subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace }],
            },
            child,
        );
        const workload = renderPrometheusDeployment({
            ...spec,
            serviceAccountName: account.metadata.name,
            configMapName: configMap.metadata.name,
            configHash: configHash({ config, rules }),
        });
        const deployment = new k8s.apps.v1.Deployment(name, workload, {
            ...child,
            dependsOn: binding,
            customTimeouts: readyWithin(spec.readyTimeoutSeconds),
        });
        const service = new k8s.core.v1.Service(name, renderPrometheusService(namespace), child);

        this.serviceName = pulumi.all([service.metadata.name, deployment.urn]).apply(([serviceName]) => serviceName);
        this.registerOutputs({ serviceName: this.serviceName });
    }
}

/** JSON is YAML too. */
function inFile(content: PlainObject): string {
    return JSON.stringify(content, undefined, 2);
}

const RULES = {
    namespace: NAMESPACE_RULE,
    image: imageRule("prometheus", versions.PROMETHEUS_IMAGE),
    imagePullPolicy: setting("imagePullPolicy"),
    alerts: optional(ALERTS_RULE),
    resources: resourcesRule("prometheus"),
    pods: PODS_RULE,
    platformUserIds: preset(FLAG, false),
    readyTimeoutSeconds: setting("readyTimeoutSeconds"),
} satisfies RulesFor<PrometheusArgs>;

/**
 * The arguments of {@link Prometheus}, complete and valid.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolvePrometheus(name: string, args: PrometheusArgs): Resolved<typeof RULES> {
    return resolveArgs("Prometheus", name, args, RULES, (spec) => ({
        spec,
        problems: inArguments(findResourceProblems({ prometheus: spec.resources }), {
            "resources.prometheus": "resources",
        }),
    }));
}
