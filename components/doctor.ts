import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { IN_CLUSTER_READS, OWN_NAMESPACE_READS } from "../checks/cluster/doctorRights";
import {
    FLAG,
    NAMESPACE_RULE,
    PODS_RULE,
    resourcesRule,
    REVISION_RULE,
    setting,
    SIDECAR_HASH,
    textRule,
} from "./argumentRules";
import { DOCTOR_NAME } from "./doctorName";
import { CREDENTIAL } from "./jaegerRules";
import type { PodPolicy } from "./pods";
import {
    doctorLabels,
    LOGIN_KEY,
    renderDoctorDeployment,
    renderDoctorMetricsService,
    renderDoctorServerDeployment,
    renderDoctorServerService,
} from "./render/doctorWorkload";
import { OPERATOR_API } from "./render/monitors";
import { inArguments, optional, preset, resolveArgs, schemaRule, type Resolved, type RulesFor } from "./resolve";
import { readyWithin, type ResourceRequirements } from "./resources";
import { findResourceProblems } from "./settings/contradictions";
import { isPinnedImage } from "./settings/imageReferences";
import type { BasicCredential } from "./ui";

/** Inputs of {@link Doctor}. */
export interface DoctorArgs {
    /** Existing namespace whose pods are injected, for every child. */
    namespace: pulumi.Input<string>;
    /** Image that `doctor/Dockerfile` builds, with a tag or a digest. */
    image: string;
    /** @default IfNotPresent */
    imagePullPolicy?: string;
    /**
     * Seconds between two probes, 15 to 3600.
     * @default 60
     */
    intervalSeconds?: number;
    /**
     * How long collectors hold spans until they have decided about their trace, in seconds, 0 to 600.
     * @default 0
     */
    holdSeconds?: number;
    /** @default 20m CPU and 128Mi memory requested, 500m CPU and 512Mi memory at most */
    resources?: ResourceRequirements;
    /** `sidecarHash` of {@link Istio}: restarts the pods when their sidecars must restart. */
    sidecarHash: pulumi.Input<string>;
    /**
     * True: the pods carry the label that asks for a sidecar, for a namespace whose own labels do not ask for one.
     * @default false
     */
    injectByLabel?: boolean;
    /**
     * Revision or revision tag that the label asks for.
     * @default the default revision
     */
    revision?: string | undefined;
    /**
     * Credential with which it logs in to Jaeger, in clear text. Kept as a Pulumi secret.
     * @default Jaeger requires none
     */
    credential?: BasicCredential;
    /**
     * True if only the mesh may query Jaeger, so that its queries need the sidecar.
     * @default false
     */
    meshOnly?: boolean;
    /**
     * Labels of the ServiceMonitor, by which the Prometheus of the operator selects it.
     * @default no ServiceMonitor: a Prometheus finds the metrics by annotations
     */
    operatorLabels?: Record<string, string>;
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
 * The doctor in the cluster: one pod that sends probes and serves what it finds as metrics, and one that answers them.
 *
 * Children: ServiceAccount, ClusterRole, ClusterRoleBinding, Role, RoleBinding, Deployment and Service `<name>`, Deployment
 * and Service `<name>-server`; with a credential the Secret `<name>-login`, with `operatorLabels` the ServiceMonitor
 * `<name>`. In the cluster, they are named `tracing-doctor` and `tracing-doctor-server`; the ClusterRole, its binding and the
 * Secret have generated names.
 */
export class Doctor extends pulumi.ComponentResource {
    constructor(name: string, args: DoctorArgs, opts?: pulumi.ComponentResourceOptions) {
        const spec = resolveDoctorArgs(name, args);
        const { namespace, credential, operatorLabels, pods } = spec;
        const kept = credential && { ...credential, password: pulumi.secret(credential.password) };
        super("istio-tracing:components:Doctor", name, { ...args, sidecarHash: undefined, credential: kept }, opts);

        const child = { parent: this };
        const metadata = { name: DOCTOR_NAME, namespace };
        const labels = { ...pods.labels, ...doctorLabels(DOCTOR_NAME) };
        const account = new k8s.core.v1.ServiceAccount(
            name,
            {
                metadata: { ...metadata, labels, annotations: pods.serviceAccountAnnotations },
                automountServiceAccountToken: false,
            },
            child,
        );
        const role = new k8s.rbac.v1.ClusterRole(name, { rules: IN_CLUSTER_READS }, child);
        const subjects = [{ kind: "ServiceAccount", name: account.metadata.name, namespace }];
        const binding = new k8s.rbac.v1.ClusterRoleBinding(
            name,
            { roleRef: roleRef("ClusterRole", role.metadata.name), subjects },
            child,
        );
        const ownRole = new k8s.rbac.v1.Role(name, { metadata, rules: OWN_NAMESPACE_READS }, child);
        const ownBinding = new k8s.rbac.v1.RoleBinding(
            name,
            { metadata, roleRef: roleRef("Role", ownRole.metadata.name), subjects },
            child,
        );
        const ready = { ...child, customTimeouts: readyWithin(spec.readyTimeoutSeconds) };
        new k8s.core.v1.Service(`${name}-server`, renderDoctorServerService(namespace), child);
        const workload = { ...spec, serviceAccountName: account.metadata.name };
        const server = new k8s.apps.v1.Deployment(`${name}-server`, renderDoctorServerDeployment(workload), ready);
        const loginSecret = credential && this.loginSecret(name, namespace, credential);
        new k8s.apps.v1.Deployment(name, renderDoctorDeployment({ ...workload, loginSecret }), {
            ...ready,
            dependsOn: [binding, ownBinding, server],
        });
        const annotated = operatorLabels === undefined;
        new k8s.core.v1.Service(name, renderDoctorMetricsService(namespace, annotated), child);
        if (operatorLabels !== undefined) {
            const monitor = {
                selector: { matchLabels: { app: DOCTOR_NAME } },
                endpoints: [{ port: "http-metrics", interval: "15s" }],
            };
            const object = { metadata: { ...metadata, labels: operatorLabels }, spec: monitor };
            const kind = { apiVersion: OPERATOR_API, kind: "ServiceMonitor" };
            new k8s.apiextensions.CustomResource(name, { ...kind, ...object }, child);
        }
        this.registerOutputs({});
    }

    /** Returns the name of the Secret, which is generated: a new password restarts the pod, which reads it only at its start. */
    private loginSecret(
        name: string,
        namespace: pulumi.Input<string>,
        { username, password }: BasicCredential,
    ): pulumi.Output<string> {
        const stringData = { [LOGIN_KEY]: pulumi.secret(`${username}:${password}`) };
        const secret = new k8s.core.v1.Secret(
            `${name}-login`,
            { metadata: { namespace }, stringData },
            { parent: this },
        );
        return secret.metadata.name;
    }
}

function roleRef(kind: string, name: pulumi.Input<string>): k8s.types.input.rbac.v1.RoleRef {
    return { apiGroup: "rbac.authorization.k8s.io", kind, name };
}

const RULES = {
    namespace: NAMESPACE_RULE,
    image: textRule(
        "an image with a tag or a digest",
        "build it with docker build -f doctor/Dockerfile, and write it like registry.example.com/tracing-doctor:1",
        isPinnedImage,
    ),
    imagePullPolicy: setting("imagePullPolicy"),
    intervalSeconds: setting("doctor.intervalSeconds"),
    holdSeconds: preset(
        schemaRule(
            { expected: "a whole number from 0 to 600 (seconds)", next: "omit it without a Collector tier" },
            z.number().int().min(0).max(600),
        ),
        0,
    ),
    resources: resourcesRule("doctor"),
    sidecarHash: SIDECAR_HASH,
    injectByLabel: preset(FLAG, false),
    revision: REVISION_RULE,
    credential: optional(CREDENTIAL),
    meshOnly: preset(FLAG, false),
    operatorLabels: optional(setting("metrics.operatorLabels")),
    pods: PODS_RULE,
    platformUserIds: preset(FLAG, false),
    readyTimeoutSeconds: setting("readyTimeoutSeconds"),
} satisfies RulesFor<DoctorArgs>;

/**
 * The arguments of {@link Doctor}, complete and valid.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolveDoctorArgs(name: string, args: DoctorArgs): Resolved<typeof RULES> {
    return resolveArgs("Doctor", name, args, RULES, (spec) => ({
        spec,
        problems: inArguments(findResourceProblems({ doctor: spec.resources }), { "resources.doctor": "resources" }),
    }));
}
