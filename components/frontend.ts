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
import { renderDemoAccount, renderFrontendDeployment } from "./render/demoPods";
import type { TraceContextOrigin } from "./render/frontendScript";
import { inArguments, input, optional, preset, resolveArgs, type Resolved, type RulesFor } from "./resolve";
import { readyWithin, type ResourceRequirements } from "./resources";
import { serviceAccount } from "./serviceAccount";
import { findResourceProblems } from "./settings/contradictions";
import * as versions from "./versions";

/** Inputs of {@link Frontend}. */
export interface FrontendArgs {
    /** Existing namespace whose pods are injected. */
    namespace: pulumi.Input<string>;
    /** URL of every request. */
    backendUrl: pulumi.Input<string>;
    /**
     * URL of a further request after each one to the backend, in the same trace.
     * @default none
     */
    ordersUrl?: pulumi.Input<string> | undefined;
    /** @default the image pinned in versions.ts */
    image?: string;
    /** @default IfNotPresent */
    imagePullPolicy?: string;
    /** @default 10m CPU and 16Mi memory requested, 200m CPU and 64Mi memory at most */
    resources?: ResourceRequirements;
    /**
     * Seconds between two requests, 0.1 to 3600 in steps of 0.1.
     * @default 5
     */
    intervalSeconds?: number;
    /**
     * `client`: each request carries a fresh sampled trace context; `mesh`: the first sidecar starts the trace.
     * @default client
     */
    traceContext?: TraceContextOrigin;
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
 * The demo's client: a loop of requests. It has no Service, because it listens on no port.
 *
 * Children: Deployment `<name>`, called `frontend` in the cluster; a ServiceAccount of the same name when `pods` annotates it.
 */
export class Frontend extends pulumi.ComponentResource {
    constructor(name: string, args: FrontendArgs, opts?: pulumi.ComponentResourceOptions) {
        const spec = resolveFrontend(name, args);
        super("istio-tracing:components:Frontend", name, { ...args }, opts);

        const serviceAccountName = serviceAccount(name, renderDemoAccount("frontend", spec), this);
        new k8s.apps.v1.Deployment(name, renderFrontendDeployment({ ...spec, serviceAccountName }), {
            parent: this,
            customTimeouts: readyWithin(spec.readyTimeoutSeconds),
        });

        this.registerOutputs({});
    }
}

const RULES = {
    namespace: NAMESPACE_RULE,
    backendUrl: input(textRule("a URL, http://HOST/PATH", "pass backend.url or your own URL", isUrl)),
    ordersUrl: optional(input(textRule("a URL, http://HOST/PATH", "pass url of a Backend or your own URL", isUrl))),
    image: imageRule("frontend", versions.FRONTEND_IMAGE),
    imagePullPolicy: setting("imagePullPolicy"),
    resources: resourcesRule("frontend"),
    intervalSeconds: setting("demo.intervalSeconds"),
    traceContext: setting("demo.traceContext"),
    sidecarHash: SIDECAR_HASH,
    injectByLabel: preset(FLAG, false),
    revision: REVISION_RULE,
    pods: PODS_RULE,
    platformUserIds: preset(FLAG, false),
    readyTimeoutSeconds: setting("readyTimeoutSeconds"),
} satisfies RulesFor<FrontendArgs>;

/**
 * The arguments of {@link Frontend}, complete and valid.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolveFrontend(name: string, args: FrontendArgs): Resolved<typeof RULES> {
    return resolveArgs("Frontend", name, args, RULES, (spec) => ({
        spec,
        problems: inArguments(findResourceProblems({ frontend: spec.resources }), {
            "resources.frontend": "resources",
        }),
    }));
}

function isUrl(text: string): boolean {
    return /^https?:\/\/[^\s/]/.test(text) && !/\s/.test(text) && URL.canParse(text);
}
