import type { AdoptedIstioArgs } from "./adoptedIstio";
import type { BackendArgs } from "./backend";
import type { ExistingMeshArgs } from "./existingMesh";
import type { FrontendArgs } from "./frontend";
import type { IstioArgs } from "./istio";
import type { IstioCniArgs } from "./istioCni";
import type { JaegerArgs } from "./jaeger";
import type { JaegerAccessArgs } from "./jaegerAccess";
import type { JaegerUiArgs } from "./jaegerUi";
import type { MeshTracingArgs } from "./meshTracing";
import { DOCTOR_NAME } from "./doctorName";
import type { Metrics } from "./metrics";
import { CHALLENGE_INGRESS_CLASS } from "./render/certificate";
import { GATEWAY_NAME } from "./render/jaegerGateway";
import type { JaegerMetrics } from "./render/spanMetrics";
import { deepMerge, type PlainObject } from "../shared/values/plainObjects";
import type { Settings } from "./settings";
import { meshNamespaces } from "./settings/discoverySelectors";
import { tracingProvider } from "./settings/adoptedProblems";
import { assignsUserIds } from "./settings/platform";
import { answersHttpChallenge, type Ui, type UiGateway, type UiRoute } from "./ui";

/** The settings of Istio. */
export function istioArgs(settings: Settings): IstioArgs {
    return {
        namespace: settings.istio.namespace,
        revision: settings.istio.revision,
        revisionTags: settings.istio.revisionTags,
        collector: settings.collector,
        collectorHeaders: settings.collectorHeaders,
        version: settings.istio.version,
        chartSource: settings.istio.chartSource,
        ...istioChartAccess(settings),
        hub: settings.istio.hub,
        imagePullPolicy: settings.imagePullPolicy,
        clusterDomain: settings.clusterDomain,
        istiodReplicas: settings.istio.replicas,
        mtlsMode: settings.istio.mtlsMode,
        istiodResources: settings.resources.istiod,
        proxyResources: settings.resources.proxy,
        pods: settings.pods.istiod,
        cni: settings.istio.cni.provider,
        istiodValues: deepMerge(ingressValues(settings.ui), settings.istio.values),
        readyTimeoutSeconds: settings.readyTimeoutSeconds,
        helmAtomic: settings.helmAtomic,
    };
}

/** The settings of an adopted Istio; undefined if none is. */
export function adoptedIstioArgs(settings: Settings): AdoptedIstioArgs | undefined {
    const { adopted: releases, adoptedState: state, chartSource } = settings.istio;
    if (releases === undefined) return undefined;
    return {
        releases,
        state,
        provider: tracingProvider(settings),
        chartSource,
        chartAccess: istioChartAccess(settings).chartAccess ?? {},
        readyTimeoutSeconds: settings.readyTimeoutSeconds,
        helmAtomic: settings.helmAtomic,
    };
}

/** What the repository of Istio's charts asks for; nothing where it asks for nothing. */
function istioChartAccess({ istio, istioChartPassword }: Settings): Pick<IstioArgs, "chartAccess"> {
    const password = istioChartPassword === "" ? undefined : istioChartPassword;
    const asked = { ...istio.chartAccess, ...(password !== undefined && { password }) };
    return Object.keys(asked).length === 0 ? {} : { chartAccess: asked };
}

/** The settings of Istio's CNI plugin; undefined if the program does not install it. */
export function istioCniArgs(settings: Settings): IstioCniArgs | undefined {
    const { mode, ...cni } = settings.istio.cni;
    if (mode !== "install") return undefined;
    return {
        ...cni,
        version: settings.istio.version,
        chartSource: settings.istio.chartSource,
        ...istioChartAccess(settings),
        hub: settings.istio.hub,
        imagePullPolicy: settings.imagePullPolicy,
        resources: settings.resources.cni,
        pods: settings.pods.cni,
        istiodValues: settings.istio.values,
        readyTimeoutSeconds: settings.readyTimeoutSeconds,
        helmAtomic: settings.helmAtomic,
    };
}

/** Values of the istiod chart that make it serve the Ingress of an ACME challenge at the UI's gateway. */
function ingressValues(ui: Ui): PlainObject {
    if (ui.mode !== "gateway" || !answersHttpChallenge(ui)) return {};
    return {
        meshConfig: {
            ingressClass: CHALLENGE_INGRESS_CLASS,
            ingressControllerMode: "STRICT",
            ingressSelector: GATEWAY_NAME,
            ingressService: GATEWAY_NAME,
        },
    };
}

/** The settings of an existing Istio. */
export function existingMeshArgs(settings: Settings): ExistingMeshArgs {
    const { namespace, provider, revision, rootNamespace } = settings.istio;
    const authentication = settings.ui.mode === "gateway" ? settings.ui.authentication : undefined;
    const providers = Object.entries(settings.namespaces).flatMap(([name, { provider: own }]) =>
        own === undefined ? [] : [[`namespaces.${name}.provider`, own] as const],
    );
    return {
        ...{ namespace, provider, revision: revision ?? "", rootNamespace: rootNamespace ?? "" },
        collector: settings.collector,
        clusterDomain: settings.clusterDomain,
        isAdopted: settings.istio.adopted !== undefined,
        tracingProviders: Object.fromEntries(providers),
        namespaces: meshNamespaces(settings),
        tracedNamespaces: tracedNamespaces(settings),
        sidecarsOnly: settings.istio.ambient === "sidecarsOnly",
        hasJaeger: settings.jaeger.deploy,
        ...(authentication?.mode === "external" && { authorizer: authentication.provider }),
    };
}

/** Namespaces whose pods the stack traces. */
export function tracedNamespaces({ demo, doctor, namespaces }: Settings): string[] {
    const own = [...(demo.deploy ? [demo.namespace] : []), ...(doctor ? [doctor.namespace] : [])];
    return [...own, ...Object.keys(namespaces)];
}

/** The settings of mesh-wide tracing, beside what the mesh decides. */
export function meshTracingArgs(settings: Settings): Omit<MeshTracingArgs, "rootNamespace"> {
    return {
        samplingPercent: settings.samplingPercent,
        collector: settings.collector,
    };
}

/** The settings of Jaeger. */
export function jaegerArgs(settings: Settings): Omit<JaegerArgs, "namespace" | "access"> {
    return {
        image: settings.images.jaeger,
        imagePullPolicy: settings.imagePullPolicy,
        storage: settings.jaeger.storage,
        roles: settings.jaeger.roles,
        kafka: settings.jaeger.kafka,
        kafkaPassword: settings.jaegerKafkaPassword === "" ? undefined : settings.jaegerKafkaPassword,
        indexCleanerImage: settings.images.indexCleaner,
        storagePassword: settings.jaegerStoragePassword === "" ? undefined : settings.jaegerStoragePassword,
        config: settings.jaeger.config,
        ...(settings.metrics && { metrics: jaegerMetrics(settings.metrics) }),
        takesPlainSpans: settings.tier !== undefined,
        resources: settings.resources.jaeger,
        clusterDomain: settings.clusterDomain,
        pods: settings.pods.jaeger,
        platformUserIds: assignsUserIds(settings.istio.values),
        readyTimeoutSeconds: settings.readyTimeoutSeconds,
    };
}

function jaegerMetrics({ prometheusUrl, sampled }: Metrics): JaegerMetrics {
    return { prometheusUrl, ...(sampled && { sampled }) };
}

/** The settings of who may send spans to Jaeger and query it. */
export function jaegerAccessArgs(settings: Settings): Omit<JaegerAccessArgs, "namespace" | "sidecarHash"> {
    const { ui, uiCredential: credential, jaegerAccess, doctor, tier } = settings;
    const meshOnly = jaegerAccess === "mesh";
    const watched = doctor && { doctor: { namespace: doctor.namespace, serviceAccount: DOCTOR_NAME } };
    const common = { meshOnly, revision: settings.istio.injectedBy, takesPlainSpans: tier !== undefined };
    if (ui.mode === "none") return { ...common, ...watched };
    return {
        ...common,
        ...queriesFrom(ui),
        ...watched,
        basePath: ui.basePath,
        ...(credential && { credential }),
    };
}

/** The workload of the mesh that may query, if there is one. */
function queriesFrom(ui: UiGateway | UiRoute): Pick<JaegerAccessArgs, "queriesFrom"> {
    if (ui.mode === "gateway") return { queriesFrom: { namespace: ui.namespace, serviceAccount: GATEWAY_NAME } };
    const { namespace, serviceAccount } = ui.from ?? {};
    return namespace === undefined || serviceAccount === undefined
        ? {}
        : { queriesFrom: { namespace, serviceAccount } };
}

/** The settings of the Jaeger UI's gateway; undefined if there is none. */
export function jaegerUiArgs(settings: Settings): Omit<JaegerUiArgs, "sidecarHash"> | undefined {
    if (settings.ui.mode !== "gateway") return undefined;
    return {
        gateway: settings.ui,
        revision: settings.istio.injectedBy,
        queryHost: `jaeger-query.${settings.istio.namespace}.svc.${settings.clusterDomain}`,
        version: settings.istio.version,
        chartSource: settings.istio.chartSource,
        ...istioChartAccess(settings),
        ...(settings.certManagerChartPassword !== "" && {
            certManagerChartPassword: settings.certManagerChartPassword,
        }),
        imagePullPolicy: settings.imagePullPolicy,
        resources: settings.resources.proxy,
        pods: settings.pods.gateway,
        namespacePolicy: settings.ownNamespaces.gateway,
        certManagerNamespacePolicy: settings.ownNamespaces.certManager,
        certManagerPods: settings.pods.certManager,
        readyTimeoutSeconds: settings.readyTimeoutSeconds,
        helmAtomic: settings.helmAtomic,
    };
}

/** The settings of the demo's backend. */
export function backendArgs(settings: Settings): Omit<BackendArgs, "namespace" | "sidecarHash"> {
    return {
        image: settings.images.backend,
        imagePullPolicy: settings.imagePullPolicy,
        resources: settings.resources.backend,
        injectByLabel: settings.ownNamespaces.demo.existing,
        revision: settings.istio.injectedBy,
        pods: settings.pods.backend,
        platformUserIds: assignsUserIds(settings.istio.values),
        readyTimeoutSeconds: settings.readyTimeoutSeconds,
    };
}

/** The settings of the demo's frontend. */
export function frontendArgs(settings: Settings): Omit<FrontendArgs, "namespace" | "sidecarHash" | "backendUrl"> {
    return {
        image: settings.images.frontend,
        imagePullPolicy: settings.imagePullPolicy,
        resources: settings.resources.frontend,
        injectByLabel: settings.ownNamespaces.demo.existing,
        revision: settings.istio.injectedBy,
        pods: settings.pods.frontend,
        platformUserIds: assignsUserIds(settings.istio.values),
        intervalSeconds: settings.demo.intervalSeconds,
        traceContext: settings.demo.traceContext,
        readyTimeoutSeconds: settings.readyTimeoutSeconds,
    };
}
