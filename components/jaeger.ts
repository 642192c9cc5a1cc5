import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { FLAG, imageRule, NAMESPACE_RULE, PODS_RULE, resourcesRule, setting } from "./argumentRules";
import { ACCESS, findCustomStorageProblems, JAEGER_METRICS, ROLES, STORAGE, STORAGE_PASSWORD } from "./jaegerRules";
import { indexCleaner, kafkaObjects, storageObjects } from "./jaegerStorage";
import { jaegerDeployments } from "./jaegerWorkloads";
import type { Kafka } from "./kafka";
import { KAFKA, KAFKA_PASSWORD } from "./kafkaRules";
import type { PodPolicy } from "./pods";
import { pathPrefixOf, type AccessRules } from "./render/accessRules";
import { JAEGER_PORTS } from "../shared/names/ports";
import { JAEGER_LABELS, renderCollectorPods } from "./render/jaegerRoles";
import { renderCollectorService, renderQueryService } from "./render/jaegerWorkload";
import { renderServiceAccount } from "./render/podPolicy";
import type { JaegerMetrics } from "./render/spanMetrics";
import type { PlainObject } from "../shared/values/plainObjects";
import { asGiven, inArguments, optional, preset, resolveArgs, withoutOutputs, type RulesFor } from "./resolve";
import type { ResourceRequirements } from "./resources";
import type { JaegerRole, JaegerRoles } from "./roles";
import { serviceAccount } from "./serviceAccount";
import { findResourceProblems } from "./settings/contradictions";
import { findJaegerConfigProblems } from "./settings/jaegerConfig";
import { findSharingProblems } from "./settings/jaegerSharing";
import { findStorageContradictions } from "./settings/jaegerContradictions";
import { findRetentionProblems } from "./settings/retentionProblems";
import { memoryStorage } from "./settings/jaegerStorage";
import { findKafkaProblems, resolveRoles } from "./settings/kafka";
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
     * The collector and the query server as Deployments of their own, for a storage that several Jaeger pods share.
     * @default one pod with both
     */
    roles?: JaegerRoles | undefined;
    /**
     * A topic of Kafka between the collectors and `storage`. Jaeger then runs in roles, with ingesters.
     * @default collectors store spans themselves
     */
    kafka?: Kafka | undefined;
    /**
     * Password for Kafka. Always kept as a Pulumi secret.
     * @default none
     */
    kafkaPassword?: pulumi.Input<string>;
    /**
     * Image of the job that deletes old indices, if `storage` is a search engine with `retentionHours`.
     * @default the image pinned in versions.ts
     */
    indexCleanerImage?: string;
    /**
     * Additional configuration for Jaeger, merged last.
     * @default none
     */
    config?: PlainObject;
    /**
     * Metrics of requests from spans: where they are queried, and the sampling rates if spans are a sample of them.
     * @default none
     */
    metrics?: JaegerMetrics;
    /**
     * True: spans come from Collectors outside of the mesh, so a sidecar of Jaeger's leaves the ports for spans alone. A
     * NetworkPolicy must guard them.
     * @default false
     */
    takesPlainSpans?: boolean;
    /** @default 100m CPU and 256Mi memory requested, 1 CPU and 1Gi memory at most */
    resources?: ResourceRequirements;
    /** @default cluster.local */
    clusterDomain?: string;
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
 * Jaeger v2: receives OTLP and Zipkin spans, stores them, and serves the UI and the query API, in one pod or in roles.
 *
 * Children: ConfigMap `<name>-config`, Deployment `<name>`, Services `<name>-collector` and `<name>-query`. In the
 * cluster, they are named `jaeger`, `jaeger-collector` and `jaeger-query`. With `roles`, the ConfigMaps, Deployments,
 * PodDisruptionBudgets and HorizontalPodAutoscalers are those of `<name>-collector` and `<name>-query` instead, and with
 * `kafka` of `<name>-ingester`, and there is the headless Service `<name>-collector-headless`, for senders outside of the mesh that balance by themselves. With
 * Badger also the PersistentVolumeClaim `<name>-data`, which no update deletes; with a search engine and a retention the
 * CronJobs `<name>-index-cleaner`, `<name>-index-cleaner-2` and so on, one for each server; with a password the Secret `<name>-storage-password`; with a certificate authority the
 * ConfigMap `<name>-storage-ca`; for Kafka the same with `kafka` in their names; when `pods` annotates it the ServiceAccount `<name>`.
 */
export class Jaeger extends pulumi.ComponentResource {
    /** URL of the UI and the query API inside the cluster. */
    public readonly uiUrl: pulumi.Output<string>;
    /** Command that forwards the UI to http://localhost:16686 on a workstation, below its base path. */
    public readonly uiCommand: pulumi.Output<string>;

    constructor(name: string, args: JaegerArgs, opts?: pulumi.ComponentResourceOptions) {
        const spec = resolveJaeger(name, args);
        const { namespace, access, storage, kafka, roles } = spec;
        const password = secretOf(args.storagePassword);
        const kafkaPassword = secretOf(args.kafkaPassword);
        const shown = { ...args, access: undefined, storagePassword: password, kafkaPassword };
        super("istio-tracing:components:Jaeger", name, shown, opts);

        const account = renderServiceAccount("jaeger", namespace, JAEGER_LABELS, spec.pods);
        const serviceAccountName = serviceAccount(name, account, this);
        const objects = storageObjects(name, namespace, storage, password, this);
        const inKafka = kafka && kafkaObjects(name, namespace, kafka, kafkaPassword, this);
        const mounted = { storageObjects: objects, kafkaObjects: inKafka };
        const deployments = jaegerDeployments(name, { ...spec, serviceAccountName, ...mounted }, this);
        indexCleaner(name, { ...spec, image: spec.indexCleanerImage, storageObjects: objects }, this);
        // A Service changes to the pods of roles only when these are ready; the former ones are deleted last.
        const service = { parent: this, ...(roles !== undefined && { dependsOn: deployments }) };
        const role = <Name extends JaegerRole>(one: Name): Name | undefined => (roles === undefined ? undefined : one);
        new k8s.core.v1.Service(`${name}-collector`, renderCollectorService(namespace, role("collector")), service);
        if (roles !== undefined)
            new k8s.core.v1.Service(`${name}-collector-headless`, renderCollectorPods(namespace), { parent: this });
        const query = new k8s.core.v1.Service(`${name}-query`, renderQueryService(namespace, role("query")), service);

        const home = pulumi.all(deployments.map(({ metadata }) => metadata.namespace)).apply(([first]) => first);
        const port = String(JAEGER_PORTS.queryHttp);
        const path = pathPrefixOf(access);
        this.uiUrl = pulumi.interpolate`http://${query.metadata.name}.${home}.svc.${spec.clusterDomain}:${port}${path}`;
        this.uiCommand = pulumi.interpolate`kubectl port-forward -n ${home} svc/${query.metadata.name} ${port}:${port}`;
        this.registerOutputs({ uiUrl: this.uiUrl, uiCommand: this.uiCommand });
    }
}

function secretOf(password: pulumi.Input<string> | undefined): pulumi.Output<string> | undefined {
    return password === undefined ? undefined : pulumi.secret(password);
}

const RULES = {
    namespace: NAMESPACE_RULE,
    access: ACCESS,
    image: imageRule("jaeger", versions.JAEGER_IMAGE),
    imagePullPolicy: setting("imagePullPolicy"),
    storage: optional(STORAGE),
    storagePassword: optional(STORAGE_PASSWORD),
    roles: optional(ROLES),
    kafka: optional(KAFKA),
    kafkaPassword: optional(KAFKA_PASSWORD),
    indexCleanerImage: imageRule("indexCleaner", versions.INDEX_CLEANER_IMAGE),
    config: asGiven(setting("jaeger.config")),
    metrics: optional(JAEGER_METRICS),
    takesPlainSpans: preset(FLAG, false),
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
    "jaeger.roles": "roles",
    jaegerKafkaPassword: "kafkaPassword",
    "jaeger.kafka": "kafka",
    "jaeger.config": "config",
};

/**
 * The arguments of {@link Jaeger}, complete and valid.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolveJaeger(name: string, args: JaegerArgs) {
    return resolveArgs("Jaeger", name, args, RULES, (given) => {
        const spec = {
            ...given,
            storage: given.storage ?? memoryStorage(given.resources.limits.memory),
            roles: resolveRoles(given.roles, given.kafka),
        };
        const { storage, config, metrics, kafka, image, storagePassword } = spec;
        // Only the presence of a password is compared.
        const jaegerStoragePassword = storagePassword === undefined ? "" : "(a password)";
        const problems = [
            ...findResourceProblems({ jaeger: spec.resources }),
            ...findStorageContradictions({ jaegerStorage: storage, jaegerStoragePassword }),
            ...findCustomStorageProblems(storage, config),
            ...findSharingProblems({ storage, roles: kafka === undefined ? spec.roles : undefined, config, image }),
            ...findKafkaProblems({ ...spec, kafkaPassword: spec.kafkaPassword === undefined ? "" : "(a password)" }),
            ...findRetentionProblems(storage, withoutOutputs(config) as PlainObject),
            ...findJaegerConfigProblems(withoutOutputs(config) as PlainObject, storage, metrics, kafka),
        ];
        return { spec, problems: inArguments(problems, ARGUMENT_OF) };
    });
}
