import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { renderFrontendDeployment } from "./render/demoPods";
import type { TraceContextOrigin } from "./render/frontendScript";
import { DEFAULT_RESOURCES, readyWithin, type ResourceRequirements } from "./resources";
import * as versions from "./versions";

/** Inputs of {@link Frontend}. */
export interface FrontendArgs {
    /** Existing namespace whose pods are injected. */
    namespace: pulumi.Input<string>;
    /** URL that every request goes to. */
    backendUrl: pulumi.Input<string>;
    /** @default the image pinned in versions.ts */
    image?: string;
    /** @default IfNotPresent */
    imagePullPolicy?: string;
    /** @default 10m CPU and 16Mi memory requested, 200m CPU and 64Mi memory at most */
    resources?: ResourceRequirements;
    /**
     * Seconds between two requests, 0.1 to 3600.
     * @default 5
     */
    intervalSeconds?: number;
    /**
     * `client`: each request carries a fresh sampled trace context; `mesh`: the first sidecar starts the trace.
     * @default client
     */
    traceContext?: TraceContextOrigin;
    /** `sidecarHash` of {@link Istio}: rolls the pods when their sidecars must restart. */
    sidecarHash: pulumi.Input<string>;
    /**
     * Seconds that the pods may take to become ready, 10 to 3600.
     * @default 300
     */
    readyTimeoutSeconds?: number;
}

/**
 * The demo's client: a loop of requests. Nothing listens in it, so it has no Service.
 *
 * Children: Deployment `<name>`, called `frontend` in the cluster.
 */
export class Frontend extends pulumi.ComponentResource {
    constructor(name: string, args: FrontendArgs, opts?: pulumi.ComponentResourceOptions) {
        super("istio-tracing:components:Frontend", name, { ...args }, opts);

        new k8s.apps.v1.Deployment(
            name,
            renderFrontendDeployment({
                namespace: args.namespace,
                image: args.image ?? versions.FRONTEND_IMAGE,
                imagePullPolicy: args.imagePullPolicy ?? "IfNotPresent",
                resources: args.resources ?? DEFAULT_RESOURCES.frontend,
                sidecarHash: args.sidecarHash,
                backendUrl: args.backendUrl,
                intervalSeconds: args.intervalSeconds ?? 5,
                traceContext: args.traceContext ?? "client",
            }),
            { parent: this, customTimeouts: readyWithin(args.readyTimeoutSeconds) },
        );

        this.registerOutputs({});
    }
}
