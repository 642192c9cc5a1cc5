import { createHash } from "node:crypto";
import { at, canonicalJson, listAt, mapAt, type PlainObject } from "../../shared/values/plainObjects";
import { ENRICHMENT, templateReads } from "./injectionReads";

/**
 * Paths of the istiod chart's values that end in an injected pod. tests/unit/lab/injectionReads.test.ts compares them with
 * what Istio's injection templates and its injector read.
 */
export const INJECTION_INPUTS = [
    // What templates read, those of sidecars and of gateways.
    ...["enabled", "provider"].map((key) => `cni.${key}`),
    "crlConfigMapName",
    ...["COMPLIANCE_POLICY", "ENABLE_CLUSTER_TRUST_BUNDLE_API", "ENABLE_NATIVE_SIDECARS"].map((key) => `env.${key}`),
    "gateways.securityContext",
    ...[
        "caAddress",
        "caName",
        "hub",
        "imagePullPolicy",
        "imagePullSecrets",
        "istioNamespace",
        "logAsJson",
        "logging.level",
        "meshID",
        "mountMtlsCerts",
        "multiCluster.clusterName",
        "nativeNftables",
        "network",
        "pilotCertProvider",
        "proxy_init.forceApplyIptables",
        "proxy_init.image",
        "sds.token.aud",
        "sts.servicePort",
        "tag",
        "trustBundleName",
        "trustDomain",
        "variant",
    ].map((key) => `global.${key}`),
    ...[
        "capNetBindService",
        "clusterDomain",
        "componentLogLevel",
        "excludeIPRanges",
        "excludeInboundPorts",
        "excludeOutboundPorts",
        "holdApplicationUntilProxyStarts",
        "image",
        "includeIPRanges",
        "includeInboundPorts",
        "includeOutboundPorts",
        "lifecycle",
        "logLevel",
        "outlierLogPath",
        "privileged",
        "readinessFailureThreshold",
        "readinessInitialDelaySeconds",
        "readinessPeriodSeconds",
        "resources",
        "seccompProfile",
        "startupProbe.enabled",
        "startupProbe.failureThreshold",
        "statusPort",
        "tracer",
    ].map((key) => `global.proxy.${key}`),
    "meshConfig.defaultConfig",
    ENRICHMENT,
    "meshConfig.inboundTrafficPolicy.mode",
    "meshConfig.proxyInboundListenPort",
    "meshConfig.proxyListenPort",
    "meshConfig.trustDomain",
    "revision",
    // What the injector reads beside its templates.
    "meshConfig.enablePrometheusMerge",
    "sidecarInjectorWebhook.rewriteAppHTTPProbe",
    // What the chart makes the injector's own configuration of.
    "global.proxy.autoInject",
    ...["alwaysInjectSelector", "defaultTemplates", "injectedAnnotations", "neverInjectSelector", "templates"].map(
        (key) => `sidecarInjectorWebhook.${key}`,
    ),
    // What it makes the proxy configuration of, and the address by which pods are injected.
    "global.proxy.variant",
    "global.remotePilotAddress",
    "istiodRemote.injectionPath",
    "istiodRemote.injectionURL",
    // Each brings a set of values of the chart's own.
    ...["compatibilityVersion", "platform", "profile", "global.platform", "global.profile"],
] as const;

/** Changes when, and only when, injected pods must be made anew to get what the chart's values say. */
export function sidecarHash(istiodValues: PlainObject): string {
    const paths = new Set<string>([...INJECTION_INPUTS, ...ownTemplates(istiodValues).flatMap(templateReads)]);
    const startUp = Object.fromEntries([...paths].sort().map((path) => [path, read(istiodValues, path)]));
    return createHash("sha256").update(canonicalJson(startUp)).digest("hex").slice(0, 16);
}

function read(istiodValues: PlainObject, path: string): unknown {
    return path === ENRICHMENT ? isEnriched(istiodValues) : at(istiodValues, ...path.split("."));
}

/** True when Istio describes each pod to OpenTelemetry, for which one provider is enough. */
function isEnriched(istiodValues: PlainObject): boolean {
    return listAt(istiodValues, "meshConfig", "extensionProviders").some((provider) =>
        // By name, or by the number that the API gives it.
        ["OTEL_SEMANTIC_CONVENTIONS", 1].includes(
            at(provider, "opentelemetry", "serviceAttributeEnrichment") as string,
        ),
    );
}

/** Templates that the user adds to Istio's, which may read anything. */
function ownTemplates(istiodValues: PlainObject): string[] {
    const templates = Object.values(mapAt(istiodValues, "sidecarInjectorWebhook", "templates"));
    return templates.filter((template) => typeof template === "string");
}
