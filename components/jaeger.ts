import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { FLAG, imageRule, NAMESPACE_RULE, PODS_RULE, resourcesRule, setting } from "./argumentRules";
import { ACCESS, findCustomStorageProblems, JAEGER_METRICS, STORAGE, STORAGE_PASSWORD } from "./jaegerRules";
import { storageObjects } from "./jaegerStorage";
import type { PodPolicy } from "./pods";
import { pathPrefixOf, type AccessRules } from "./render/accessRules";
import { configHash, renderJaegerConfig } from "./render/jaegerConfig";
import { JAEGER_PORTS } from "../shared/names/ports";
import {
    JAEGER_LABELS,
    renderCollectorService,
    renderJaegerDeployment,
    renderQueryService,
} from "./render/jaegerWorkload";
import { renderServiceAccount } from "./render/podPolicy";
import type { JaegerMetrics } from "./render/spanMetrics";
import type { PlainObject } from "../shared/values/plainObjects";
import { asGiven, inArguments, optional, preset, resolveArgs, withoutOutputs, type RulesFor } from "./resolve";
import { readyWithin, type ResourceRequirements } from "./resources";
import { serviceAccount } from "./serviceAccount";
import { findResourceProblems } from "./settings/contradictions";
import { findJaegerConfigProblems } from "./settings/jaegerConfig";
import { findStorageContradictions } from "./settings/jaegerContradictions";
import { memoryStorage } from "./settings/jaegerStorage";
import type { JaegerStorage } from "./storage";
import * as versions from "./versions";

/** Inputs of {@link Jaeger}. */
export interface JaegerArgs {
    /** Existing namespace for every child. The namespace's own label must not enable injection. */
    namespace: pulumi.Input<string>;
    /**
     * Who may send spans and who may query, such as the `rules` of {@link JaegerAccess}.
     * @default every pod of the cluster
     */
    access?: AccessRules;
    /**
     * Image of Jaeger v2.
     * @default the image pinned in versions.ts
     */
    image?: string;
    /** @default IfNotPresent */
    imagePullPolicy?: string;
    /**
     * Storage of traces.
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
    /**
     * Metrics of requests from spans: where they are queried, and the sampling rates if spans are a sample of them.
     * @default none
     */
    metrics?: JaegerMetrics;
    /** @default 100m CPU and 256Mi memory requested, 1 CPU and 1Gi memory at most */
    resources?: ResourceRequirements;
    /** @default cluster.local */
    clusterDomain?: string;
    /**
     * Where the pods run, what is written on them, and how their images are pulled.
     * @default as the cluster has it
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
 * Jaeger v2 in one pod: receives OTLP and Zipkin spans, stores them, and serves the UI and the query API.
 *
 * Children: ConfigMap `<name>-config`, Deployment `<name>`, Services `<name>-collector` and `<name>-query`. In the
 * cluster, they are named `jaeger`, `jaeger-collector` and `jaeger-query`. With Badger also the PersistentVolumeClaim
 * `<name>-data`, which no update deletes; with a password the Secret `<name>-storage-password`; with a certificate
 * authority the ConfigMap `<name>-storage-ca`; when `pods` annotates it the ServiceAccount `<name>`.
 */
export class Jaeger extends pulumi.ComponentResource {
    /** URL of the UI and the query API inside the cluster. */
    public readonly uiUrl: pulumi.Output<string>;
    /** Command that forwards the UI to http://localhost:16686 on a workstation, below its base path. */
    public readonly uiCommand: pulumi.Output<string>;

    constructor(name: string, args: JaegerArgs, opts?: pulumi.ComponentResourceOptions) {
        const spec = resolveJaeger(name, args);
        const { namespace, access, storage, metrics } = spec;
        const password = args.storagePassword === undefined ? undefined : pulumi.secret(args.storagePassword);
        const shown = { ...args, access: undefined, storagePassword: password };
        super("istio-tracing:components:Jaeger", name, shown, opts);

        const config = renderJaegerConfig({ storage, metrics, extra: spec.config, access });
        const configMap = new k8s.core.v1.ConfigMap(
            `${name}-config`,
            // No fixed name: a new configuration creates a new ConfigMap and restarts the pod.
            { metadata: { namespace }, data: { "config.yaml": JSON.stringify(config, undefined, 2) } },
            { parent: this },
        );
        new k8s.core.v1.Service(`${name}-collector`, renderCollectorService(namespace), { parent: this });
        const query = new k8s.core.v1.Service(`${name}-query`, renderQueryService(namespace), { parent: this });
        const account = renderServiceAccount("jaeger", namespace, JAEGER_LABELS, spec.pods);
        const workload = renderJaegerDeployment({
            ...spec,
            serviceAccountName: serviceAccount(name, account, this),
            configMapName: configMap.metadata.name,
            configHash: configHash(config),
            storageObjects: storageObjects(name, namespace, storage, password, this),
        });
        const deployment = new k8s.apps.v1.Deployment(name, workload, {
            parent: this,
            customTimeouts: readyWithin(spec.readyTimeoutSeconds),
        });

        const home = deployment.metadata.namespace;
        const port = String(JAEGER_PORTS.queryHttp);
        const path = pathPrefixOf(access);
        this.uiUrl = pulumi.interpolate`http://${query.metadata.name}.${home}.svc.${spec.clusterDomain}:${port}${path}`;
        this.uiCommand = pulumi.interpolate`kubectl port-forward -n ${home} svc/${query.metadata.name} ${port}:${port}`;
        this.registerOutputs({ uiUrl: this.uiUrl, uiCommand: this.uiCommand });
    }
}

const RULES = {
    namespace: NAMESPACE_RULE,
    access: ACCESS,
    image: imageRule("jaeger", versions.JAEGER_IMAGE),
    imagePullPolicy: setting("imagePullPolicy"),
    storage: optional(STORAGE),
    storagePassword: optional(STORAGE_PASSWORD),
    config: asGiven(setting("jaeger.config")),
    metrics: optional(JAEGER_METRICS),
    resources: resourcesRule("jaeger"),
    clusterDomain: setting("clusterDomain"),
    pods: PODS_RULE,
    platformUserIds: preset(FLAG, false),
    readyTimeoutSeconds: setting("readyTimeoutSeconds"),
} satisfies RulesFor<JaegerArgs>;

/** The settings behind arguments with a different name. */
const ARGUMENT_OF = {
    "resources.jaeger": "resources",
    jaegerStoragePassword: "storagePassword",
    "jaeger.storage": "storage",
    "jaeger.config": "config",
};

/**
 * The arguments of {@link Jaeger}, complete and valid.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolveJaeger(name: string, args: JaegerArgs) {
    return resolveArgs("Jaeger", name, args, RULES, (given) => {
        const spec = { ...given, storage: given.storage ?? memoryStorage(given.resources.limits.memory) };
        const { storage, config, metrics, storagePassword } = spec;
        // Only the presence of a password is compared.
        const jaegerStoragePassword = storagePassword === undefined ? "" : "(a password)";
        const problems = [
            ...findResourceProblems({ jaeger: spec.resources }),
            ...findStorageContradictions({ jaegerStorage: storage, jaegerStoragePassword }),
            ...findCustomStorageProblems(storage, config),
            ...findJaegerConfigProblems(withoutOutputs(config) as PlainObject, storage, metrics),
        ];
        return { spec, problems: inArguments(problems, ARGUMENT_OF) };
    });
}
