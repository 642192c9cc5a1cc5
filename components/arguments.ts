import type { BackendArgs } from "./backend";
import type { FrontendArgs } from "./frontend";
import type { IstioArgs } from "./istio";
import type { JaegerArgs } from "./jaeger";
import type { MeshTracingArgs } from "./meshTracing";
import type { Settings } from "./settings";

/** What the settings say about Istio. */
export function istioArgs(settings: Settings): IstioArgs {
    return {
        namespace: settings.istioNamespace,
        collector: settings.collector,
        collectorHeaders: settings.collectorHeaders,
        version: settings.istioVersion,
        chartSource: settings.istioChartSource,
        hub: settings.istioHub,
        imagePullPolicy: settings.imagePullPolicy,
        clusterDomain: settings.clusterDomain,
        istiodResources: settings.resources.istiod,
        proxyResources: settings.resources.proxy,
        istiodValues: settings.istiodValues,
        readyTimeoutSeconds: settings.readyTimeoutSeconds,
        helmAtomic: settings.helmAtomic,
    };
}

/** What the settings say about tracing in the whole mesh. */
export function meshTracingArgs(settings: Settings): MeshTracingArgs {
    return {
        rootNamespace: settings.istioNamespace,
        samplingPercent: settings.samplingPercent,
        collector: settings.collector,
    };
}

/** What the settings say about Jaeger. */
export function jaegerArgs(settings: Settings): Omit<JaegerArgs, "namespace"> {
    return {
        image: settings.images.jaeger,
        imagePullPolicy: settings.imagePullPolicy,
        maxTraces: settings.jaegerMaxTraces,
        resources: settings.resources.jaeger,
        clusterDomain: settings.clusterDomain,
        readyTimeoutSeconds: settings.readyTimeoutSeconds,
    };
}

/** What the settings say about the demo's backend. */
export function backendArgs(settings: Settings): Omit<BackendArgs, "namespace" | "sidecarHash"> {
    return {
        image: settings.images.backend,
        imagePullPolicy: settings.imagePullPolicy,
        resources: settings.resources.backend,
        readyTimeoutSeconds: settings.readyTimeoutSeconds,
    };
}

/** What the settings say about the demo's frontend. */
export function frontendArgs(settings: Settings): Omit<FrontendArgs, "namespace" | "sidecarHash" | "backendUrl"> {
    return {
        image: settings.images.frontend,
        imagePullPolicy: settings.imagePullPolicy,
        resources: settings.resources.frontend,
        intervalSeconds: settings.frontendIntervalSeconds,
        traceContext: settings.frontendTraceContext,
        readyTimeoutSeconds: settings.readyTimeoutSeconds,
    };
}
