import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
    FLAG,
    imageRule,
    NAMESPACE_RULE,
    PODS_RULE,
    resourcesRule,
    REVISION_RULE,
    setting,
    SIDECAR_HASH,
    textRule,
} from "./argumentRules";
import type { PodPolicy } from "./pods";
import { renderBackendDeployment, renderBackendService, renderDemoAccount } from "./render/demoPods";
import { inArguments, preset, resolveArgs, type Resolved, type RulesFor } from "./resolve";
import { readyWithin, type ResourceRequirements } from "./resources";
import { serviceAccount } from "./serviceAccount";
import { findResourceProblems } from "./settings/contradictions";
import * as versions from "./versions";

/** Inputs of {@link Backend}. */
export interface BackendArgs {
    /** Existing namespace whose pods are injected. */
    namespace: pulumi.Input<string>;
    /**
     * Name of its Service, its Deployment and, if it has one, its ServiceAccount in the cluster.
     * @default backend
     */
    serviceName?: string;
    /** @default the image pinned in versions.ts */
    image?: string;
    /** @default IfNotPresent */
    imagePullPolicy?: string;
    /** @default 10m CPU and 16Mi memory requested, 200m CPU and 64Mi memory at most */
    resources?: ResourceRequirements;
    /**
     * The answer to every request, 1 to 10000 characters.
     * @default hello from the backend
     */
    text?: string;
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
 * The demo's server: one Deployment and one Service with a named HTTP port.
 *
 * Children: Service `<name>`, Deployment `<name>`, and when `pods` annotates it the ServiceAccount `<name>`. In the cluster
 * they are called `serviceName`.
 */
export class Backend extends pulumi.ComponentResource {
    /** URL for pods in the same namespace. */
    public readonly url: pulumi.Output<string>;

    constructor(name: string, args: BackendArgs, opts?: pulumi.ComponentResourceOptions) {
        const spec = resolveBackend(name, args);
        super("istio-tracing:components:Backend", name, { ...args }, opts);

        const service = new k8s.core.v1.Service(name, renderBackendService(spec.serviceName, spec.namespace), {
            parent: this,
        });
        const serviceAccountName = serviceAccount(name, renderDemoAccount(spec.serviceName, spec), this);
        new k8s.apps.v1.Deployment(name, renderBackendDeployment({ ...spec, serviceAccountName }), {
            parent: this,
            customTimeouts: readyWithin(spec.readyTimeoutSeconds),
        });

        this.url = pulumi.interpolate`http://${service.metadata.name}`;
        this.registerOutputs({ url: this.url });
    }
}

const RULES = {
    namespace: NAMESPACE_RULE,
    serviceName: preset(
        textRule(
            "the name of a Service: 1 to 63 of a-z, 0-9 and -, starting with a letter",
            "write it like backend",
            isServiceName,
        ),
        "backend",
    ),
    image: imageRule("backend", versions.BACKEND_IMAGE),
    imagePullPolicy: setting("imagePullPolicy"),
    resources: resourcesRule("backend"),
    text: preset(
        textRule("text of 1 to 10000 characters", "write the answer to requests", isAnswer),
        "hello from the backend",
    ),
    sidecarHash: SIDECAR_HASH,
    injectByLabel: preset(FLAG, false),
    revision: REVISION_RULE,
    pods: PODS_RULE,
    platformUserIds: preset(FLAG, false),
    readyTimeoutSeconds: setting("readyTimeoutSeconds"),
} satisfies RulesFor<BackendArgs>;

/**
 * The arguments of {@link Backend}, complete and valid.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolveBackend(name: string, args: BackendArgs): Resolved<typeof RULES> {
    return resolveArgs("Backend", name, args, RULES, (spec) => ({
        spec,
        problems: inArguments(findResourceProblems({ backend: spec.resources }), { "resources.backend": "resources" }),
    }));
}

function isServiceName(text: string): boolean {
    return /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text);
}

/** It is an argument of the container's command, for which Linux allows 128 KiB and no NUL. */
function isAnswer(text: string): boolean {
    return text.length >= 1 && text.length <= 10_000 && !text.includes("\0");
}
