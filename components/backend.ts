import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { renderBackendDeployment, renderBackendService } from "./render/demoPods";
import { DEFAULT_RESOURCES, readyWithin, type ResourceRequirements } from "./resources";
import * as versions from "./versions";

/** Inputs of {@link Backend}. */
export interface BackendArgs {
    /** Existing namespace whose pods are injected. */
    namespace: pulumi.Input<string>;
    /** @default the image pinned in versions.ts */
    image?: string;
    /** @default IfNotPresent */
    imagePullPolicy?: string;
    /** @default 10m CPU and 16Mi memory requested, 200m CPU and 64Mi memory at most */
    resources?: ResourceRequirements;
    /**
     * What every request is answered with.
     * @default hello from the backend
     */
    text?: string;
    /** `sidecarHash` of {@link Istio}: rolls the pods when their sidecars must restart. */
    sidecarHash: pulumi.Input<string>;
    /**
     * Seconds that the pods may take to become ready, 10 to 3600.
     * @default 300
     */
    readyTimeoutSeconds?: number;
}

/**
 * The demo's server: one Deployment and one Service with a named HTTP port.
 *
 * Children: Service `<name>`, Deployment `<name>`. In the cluster both are called `backend`.
 */
export class Backend extends pulumi.ComponentResource {
    /** URL by which pods of the same namespace reach it. */
    public readonly url: pulumi.Output<string>;

    constructor(name: string, args: BackendArgs, opts?: pulumi.ComponentResourceOptions) {
        super("istio-tracing:components:Backend", name, { ...args }, opts);

        const service = new k8s.core.v1.Service(name, renderBackendService(args.namespace), { parent: this });
        new k8s.apps.v1.Deployment(
            name,
            renderBackendDeployment({
                namespace: args.namespace,
                image: args.image ?? versions.BACKEND_IMAGE,
                imagePullPolicy: args.imagePullPolicy ?? "IfNotPresent",
                resources: args.resources ?? DEFAULT_RESOURCES.backend,
                text: args.text ?? "hello from the backend",
                sidecarHash: args.sidecarHash,
            }),
            { parent: this, customTimeouts: readyWithin(args.readyTimeoutSeconds) },
        );

        this.url = pulumi.interpolate`http://${service.metadata.name}`;
        this.registerOutputs({ url: this.url });
    }
}
