import type { AdoptedReleases } from "../adopted";
import type { Cni } from "../cni";
import type { Collector } from "../collector";
import type { NamespaceTracing } from "../namespaceTracing";
import { EXISTING_NAMESPACE, type NamespacePolicy, type OwnNamespace } from "../ownNamespaces";
import type { PodPolicy, Workload } from "../pods";
import { DEFAULT_INJECTION, injectionRevision } from "../revision";
import type { TraceContextOrigin } from "../render/frontendScript";
import { DEFAULT_RESOURCES, SIZED_CONTAINERS, type ResourceRequirements, type SizedContainer } from "../resources";
import type { Metrics } from "../metrics";
import type { Kafka } from "../kafka";
import type { JaegerRoles } from "../roles";
import type { JaegerStorage } from "../storage";
import type { CollectorTier } from "../tier";
import type { BasicCredential, Ui } from "../ui";
import * as versions from "../versions";
import type { PlainObject } from "../../shared/values/plainObjects";
import { resolveCni } from "./cniContradictions";
import { resolveCollector } from "./collector";
import { resolveDoctor, type DoctorSettings } from "./doctor";
import { mirroredImage } from "./imageReferences";
import { resolveJaegerStorage } from "./jaegerStorage";
import { resolveKafka, resolveRoles } from "./kafka";
import { resolveMetrics, resolveMonitoringSettings, type MonitoringSettings } from "./metrics";
import { completeNamespaces } from "./ownNamespaceFields";
import type { ParsedSettings } from "./parse";
import { completePods } from "./podFields";
import { resolveTier } from "./tier";
import { resolveCredential, resolveJaegerAccess, resolveUi, type JaegerAccess } from "./ui";

/** The configuration of a stack: validated, complete, in plain values. */
export interface Settings {
    /** Percent of new traces that are recorded, 0 to 100. */
    samplingPercent: number;
    collector: Collector;
    /** Headers of every export call, by lower-case name. */
    collectorHeaders: Record<string, string>;
    /** How people get at the Jaeger UI. */
    ui: Ui;
    /** What Jaeger asks for before it answers a query. */
    uiCredential: BasicCredential | undefined;
    /** Who may reach Jaeger inside of the cluster: sidecars and the gateway, or every pod. */
    jaegerAccess: JaegerAccess;
    istio: {
        /** False: the cluster has somebody else's Istio, which the program traces. */
        install: boolean;
        /** What is done with somebody else's mesh that also serves ambient workloads. */
        ambient: "refuse" | "sidecarsOnly";
        /** The extension provider that sends spans to {@link Settings.collector}. */
        provider: string;
        /**
         * Name of the control plane's revision.
         * @default the default revision; of an Istio that is not installed here, the only one
         */
        revision: string | undefined;
        /** Tags by which namespaces ask for the revision of the program's own Istio. */
        revisionTags: string[];
        /** Tag or name by which the program's pods ask for a sidecar. @default the label istio-injection is enough */
        injectedBy: string | undefined;
        /** The root namespace of an Istio that is not installed here. @default what its mesh configuration says */
        rootNamespace: string | undefined;
        /** Helm releases of an Istio that is not installed here and that the stack has adopted. @default none */
        adopted: AdoptedReleases | undefined;
        /** Whether the adopted releases have the provider, or their owner's values alone. */
        adoptedState: "traced" | "restored";
        /** Release of Istio's charts. Of an Istio that is not installed here, the image of its istiod tells it. */
        version: string;
        /** Helm repository, OCI registry or folder of Istio's charts. */
        chartSource: string;
        /** What that repository or registry asks for, but for the password. */
        chartAccess: { username?: string | undefined; caFile?: string | undefined };
        hub: string;
        namespace: string;
        /** Copies of istiod; autoscaled between the two when they differ. */
        replicas: { min: number; max: number };
        mtlsMode: "PERMISSIVE" | "STRICT";
        /** Read by `npm run cleanup`, which follows a destroy. */
        keepCrds: boolean;
        /** Istio's CNI plugin: whether pods with sidecars use it, and how the program installs it. */
        cni: Cni;
        /** Additional values for the istiod chart, merged last. */
        values: PlainObject;
    };
    /** Password of `istio.chartAccess.username`; empty for none. */
    istioChartPassword: string;
    /** Password of `ui.tls.certManagerChart.username`; empty for none. */
    certManagerChartPassword: string;
    images: {
        jaeger: string;
        indexCleaner: string;
        prometheus: string;
        collector: string;
        frontend: string;
        backend: string;
    };
    imagePullPolicy: string;
    demo: {
        /** False leaves frontend, backend and their namespace out. */
        deploy: boolean;
        namespace: string;
        traceContext: TraceContextOrigin;
        scenario: "basic" | "orders" | "faults";
        intervalSeconds: number;
    };
    /** Somebody else's namespaces that are traced, by name. */
    namespaces: Record<string, NamespaceTracing>;
    clusterDomain: string;
    jaeger: {
        /** False when traces are kept elsewhere. */
        deploy: boolean;
        storage: JaegerStorage;
        /** Its collector and its query server as Deployments of their own; undefined for one pod with both. */
        roles: JaegerRoles | undefined;
        /** The topic between its collectors and its storage; undefined for none. */
        kafka: Kafka | undefined;
        /** Additional configuration for Jaeger, merged last. */
        config: PlainObject;
    };
    /** Metrics that Jaeger makes from spans, and their Prometheus; undefined for none. */
    metrics: Metrics | undefined;
    /** What somebody else's Prometheus and Grafana get. */
    monitoring: MonitoringSettings;
    /** Collectors between the mesh and the back ends of traces; undefined for none. */
    tier: CollectorTier | undefined;
    /** Headers of each back end of the tier, by its name. */
    tierHeaders: Record<string, Record<string, string>>;
    /** The doctor in the cluster; undefined for none. */
    doctor: DoctorSettings | undefined;
    /** Password of `jaeger.storage.username`; empty for none. */
    jaegerStoragePassword: string;
    /** Password of `jaeger.kafka.username`; empty for none. */
    jaegerKafkaPassword: string;
    resources: Record<SizedContainer, ResourceRequirements>;
    /** Whose each namespace of the program's is, and what is written on it. */
    ownNamespaces: Record<OwnNamespace, NamespacePolicy>;
    /** Scheduling, labels and annotations of each workload's pods. */
    pods: Record<Workload, PodPolicy>;
    readyTimeoutSeconds: number;
    helmAtomic: boolean;
}

/** What follows from the settings, with every default in its place. */
export function completeSettings(values: ParsedSettings): Settings {
    const resources = Object.fromEntries(
        SIZED_CONTAINERS.map((name) => [name, sized(DEFAULT_RESOURCES[name], values.resources[name])]),
    ) as Record<SizedContainer, ResourceRequirements>;
    const mirrored = (image: string): string => mirroredImage(image, values.imageRegistry);
    const hub = values["istio.hub"];
    const install = values["istio.install"];
    const revision = values["istio.revision"] || undefined;
    const revisionTags = values["istio.revisionTags"];
    const asked = injectionRevision(revision, revisionTags);
    return {
        samplingPercent: values.samplingPercent,
        collector: resolveCollector(values),
        collectorHeaders: values.collectorHeaders,
        ui: resolveUi(values.ui),
        uiCredential: resolveCredential(values.uiBasicAuth),
        jaegerAccess: resolveJaegerAccess(values.ui),
        istio: {
            install,
            provider: values["istio.provider"],
            ...{ revision, revisionTags, injectedBy: asked },
            rootNamespace: values["istio.rootNamespace"] || undefined,
            ambient: values["istio.ambient"],
            adopted: resolveAdopted(values["istio.adopted"]),
            adoptedState: values["istio.adoptedState"],
            version: values["istio.version"],
            chartSource: values["istio.chartSource"],
            chartAccess: values["istio.chartAccess"],
            hub: hub === versions.ISTIO_HUB ? mirrored(hub) : hub,
            namespace: values["istio.namespace"],
            replicas: values["istio.replicas"],
            mtlsMode: values["istio.mtlsMode"],
            keepCrds: values["istio.keepCrds"],
            cni: resolveCni(values["istio.cni"], values["istio.values"]),
            values: values["istio.values"],
        },
        istioChartPassword: values.istioChartPassword,
        certManagerChartPassword: values.certManagerChartPassword,
        images: {
            jaeger: values.images.jaeger ?? mirrored(versions.JAEGER_IMAGE),
            indexCleaner: values.images.indexCleaner ?? mirrored(versions.INDEX_CLEANER_IMAGE),
            prometheus: values.images.prometheus ?? mirrored(versions.PROMETHEUS_IMAGE),
            collector: values.images.collector ?? mirrored(versions.COLLECTOR_IMAGE),
            frontend: values.images.frontend ?? mirrored(versions.FRONTEND_IMAGE),
            backend: values.images.backend ?? mirrored(versions.BACKEND_IMAGE),
        },
        imagePullPolicy: values.imagePullPolicy,
        demo: {
            deploy: values["demo.deploy"],
            namespace: values["demo.namespace"],
            traceContext: values["demo.traceContext"],
            scenario: values["demo.scenario"],
            intervalSeconds: values["demo.intervalSeconds"],
        },
        namespaces: injectedBy(asked, values.namespaces),
        clusterDomain: values.clusterDomain,
        jaeger: {
            deploy: values["jaeger.deploy"],
            storage: resolveJaegerStorage(values, resources.jaeger.limits.memory),
            roles: resolveRoles(values["jaeger.roles"], resolveKafka(values["jaeger.kafka"])),
            kafka: resolveKafka(values["jaeger.kafka"]),
            config: values["jaeger.config"],
        },
        metrics: resolveMetrics(values),
        monitoring: resolveMonitoringSettings(values),
        tier: resolveTier(values),
        tierHeaders: values.collectorTierHeaders,
        doctor: resolveDoctor(values),
        jaegerStoragePassword: values.jaegerStoragePassword,
        jaegerKafkaPassword: values.jaegerKafkaPassword,
        resources,
        ownNamespaces: { ...completeNamespaces(values.ownNamespaces), ...(!install && { istio: EXISTING_NAMESPACE }) },
        pods: completePods(values.pods),
        readyTimeoutSeconds: values.readyTimeoutSeconds,
        helmAtomic: values.helmAtomic,
    };
}

function resolveAdopted({ istiod, base }: ParsedSettings["istio.adopted"]): AdoptedReleases | undefined {
    return istiod && { istiod, base };
}

/** Namespaces that ask for no revision of their own get that of the mesh. */
function injectedBy(revision: string | undefined, namespaces: Settings["namespaces"]): Settings["namespaces"] {
    if (revision === undefined) return namespaces;
    return Object.fromEntries(
        Object.entries(namespaces).map(([name, tracing]) => [
            name,
            { ...tracing, injection: tracing.injection === DEFAULT_INJECTION ? revision : tracing.injection },
        ]),
    );
}

function sized(preset: ResourceRequirements, given: Partial<ResourceRequirements> | undefined): ResourceRequirements {
    return {
        requests: { ...preset.requests, ...given?.requests },
        limits: { ...preset.limits, ...given?.limits },
    };
}
