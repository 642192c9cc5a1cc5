import { createHash } from "node:crypto";
import { at, canonicalJson, listAt, mapAt, type PlainObject } from "../../shared/values/plainObjects";
import { ENRICHMENT, templateReads } from "./injectionReads";

/**
 * Paths of the istiod chart's values that affect an injected pod. tests/unit/lab/injectionReads.test.ts compares them
 * with what Istio's injection templates and its injector read.
 */
export const INJECTION_INPUTS = [
    // Values that the templates of sidecars and gateways read.
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
    // Values that the injector reads outside its templates.
    "meshConfig.enablePrometheusMerge",
    "sidecarInjectorWebhook.rewriteAppHTTPProbe",
    // Values from which the chart creates the injector's configuration.
    "global.proxy.autoInject",
    ...["alwaysInjectSelector", "defaultTemplates", "injectedAnnotations", "neverInjectSelector", "templates"].map(
        (key) => `sidecarInjectorWebhook.${key}`,
    ),
    // Values from which it creates the proxy configuration and the injection address.
    "global.proxy.variant",
    "global.remotePilotAddress",
    "istiodRemote.injectionPath",
    "istiodRemote.injectionURL",
    // Each selects a set of the chart's own values.
    ...["compatibilityVersion", "platform", "profile", "global.platform", "global.profile"],
] as const;

/** Changes if and only if injected pods must be recreated to apply the chart's values. */
export function sidecarHash(istiodValues: PlainObject): string {
    const paths = new Set<string>([...INJECTION_INPUTS, ...ownTemplates(istiodValues).flatMap(templateReads)]);
    const startUp = Object.fromEntries([...paths].sort().map((path) => [path, read(istiodValues, path)]));
    return createHash("sha256").update(canonicalJson(startUp)).digest("hex").slice(0, 16);
}

function read(istiodValues: PlainObject, path: string): unknown {
    return path === ENRICHMENT ? isEnriched(istiodValues) : at(istiodValues, ...path.split("."));
}

/** True if Istio adds service attributes of each pod, for which one provider is enough. */
function isEnriched(istiodValues: PlainObject): boolean {
    return listAt(istiodValues, "meshConfig", "extensionProviders").some((provider) =>
        // By its name, or by its number in the API.
        ["OTEL_SEMANTIC_CONVENTIONS", 1].includes(
            at(provider, "opentelemetry", "serviceAttributeEnrichment") as string,
        ),
    );
}

/** Templates that the user adds to Istio's, which can read any value. */
function ownTemplates(istiodValues: PlainObject): string[] {
    const templates = Object.values(mapAt(istiodValues, "sidecarInjectorWebhook", "templates"));
    return templates.filter((template) => typeof template === "string");
}
