import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { tracesThatFit } from "../checks/traceMemory";
import type { JaegerAccess } from "./jaegerAccess";
import { storageObjects } from "./jaegerStorage";
import { configHash, JAEGER_PORTS, renderJaegerConfig } from "./render/jaegerConfig";
import { renderCollectorService, renderJaegerDeployment, renderQueryService } from "./render/jaegerWorkload";
import type { PlainObject } from "./render/objects";
import { DEFAULT_RESOURCES, readyWithin, type ResourceRequirements } from "./resources";
import { parseQuantity } from "./settings/quantities";
import type { JaegerStorage } from "./storage";
import * as versions from "./versions";

/** Inputs of {@link Jaeger}. */
export interface JaegerArgs {
    /** Existing namespace that receives every child; its pods must not be injected by the namespace's own label. */
    namespace: pulumi.Input<string>;
    /**
     * Who may send spans and who may query.
     * @default every pod of the cluster
     */
    access?: JaegerAccess;
    /**
     * Image of Jaeger v2.
     * @default the image pinned in versions.ts
     */
    image?: string;
    /** @default IfNotPresent */
    imagePullPolicy?: string;
    /**
     * Where traces are kept.
     * @default in memory, as many as fit into the memory limit
     */
    storage?: JaegerStorage;
    /**
     * Password for the storage. Always kept as a Pulumi secret.
     * @default none
     */
    storagePassword?: pulumi.Input<string>;
    /**
     * Further configuration of Jaeger, merged last.
     * @default none
     */
    config?: PlainObject;
    /** @default 100m CPU and 256Mi memory requested, 1 CPU and 1Gi memory at most */
    resources?: ResourceRequirements;
    /** @default cluster.local */
    clusterDomain?: string;
    /**
     * Seconds that the pods may take to become ready, 10 to 3600.
     * @default 300
     */
    readyTimeoutSeconds?: number;
}

/**
 * Jaeger v2 in one pod: receives OTLP and Zipkin spans, keeps them, serves UI and query API.
 *
 * Children: ConfigMap `<name>-config`, Deployment `<name>`, Services `<name>-collector` and `<name>-query`. In the
 * cluster they are called `jaeger`, `jaeger-collector` and `jaeger-query`. With Badger also the PersistentVolumeClaim
 * `<name>-data`, which no update deletes; with a password the Secret `<name>-storage-password`; with a certificate
 * authority the ConfigMap `<name>-storage-ca`.
 */
export class Jaeger extends pulumi.ComponentResource {
    /** URL of the UI and the query API inside the cluster. */
    public readonly uiUrl: pulumi.Output<string>;
    /** Command that makes the UI reachable on http://localhost:16686 of a workstation, below its base path. */
    public readonly uiCommand: pulumi.Output<string>;

    constructor(name: string, args: JaegerArgs, opts?: pulumi.ComponentResourceOptions) {
        const { access } = args;
        const password = args.storagePassword === undefined ? undefined : pulumi.secret(args.storagePassword);
        const shown = { ...args, access: undefined, storagePassword: password };
        super("istio-tracing:components:Jaeger", name, shown, opts);

        const resources = args.resources ?? DEFAULT_RESOURCES.jaeger;
        const storage = args.storage ?? memoryStorage(resources);
        const rendered = renderJaegerConfig({ storage, extra: args.config ?? {} });
        const config = access?.configuration(rendered) ?? rendered;
        const configMap = new k8s.core.v1.ConfigMap(
            `${name}-config`,
            // No fixed name: a new configuration is a new ConfigMap, and the pod rolls onto it.
            { metadata: { namespace: args.namespace }, data: { "config.yaml": JSON.stringify(config, undefined, 2) } },
            { parent: this },
        );
        new k8s.core.v1.Service(`${name}-collector`, renderCollectorService(args.namespace), { parent: this });
        const query = new k8s.core.v1.Service(`${name}-query`, renderQueryService(args.namespace), { parent: this });
        const workload = renderJaegerDeployment({
            namespace: args.namespace,
            image: args.image ?? versions.JAEGER_IMAGE,
            imagePullPolicy: args.imagePullPolicy ?? "IfNotPresent",
            resources,
            configMapName: configMap.metadata.name,
            configHash: configHash(config),
            storage,
            storageObjects: storageObjects(name, args.namespace, storage, password, this),
        });
        const deployment = new k8s.apps.v1.Deployment(name, access?.deployment(workload) ?? workload, {
            parent: this,
            customTimeouts: readyWithin(args.readyTimeoutSeconds),
            // Closed before it is there.
            ...(access !== undefined && { dependsOn: access }),
        });

        const namespace = deployment.metadata.namespace;
        const port = String(JAEGER_PORTS.queryHttp);
        const domain = args.clusterDomain ?? "cluster.local";
        const path = access?.pathPrefix ?? "";
        this.uiUrl = pulumi.interpolate`http://${query.metadata.name}.${namespace}.svc.${domain}:${port}${path}`;
        this.uiCommand = pulumi.interpolate`kubectl port-forward -n ${namespace} svc/${query.metadata.name} ${port}:${port}`;
        this.registerOutputs({ uiUrl: this.uiUrl, uiCommand: this.uiCommand });
    }
}

function memoryStorage({ limits }: ResourceRequirements): JaegerStorage {
    return { type: "memory", maxTraces: tracesThatFit(parseQuantity(limits.memory ?? "")) };
}
