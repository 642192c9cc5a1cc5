import { createHash } from "node:crypto";
import { at, canonicalJson, type PlainObject } from "../../shared/values/plainObjects";

/**
 * Paths of the istiod chart's values that end in an injected pod: what Istio's injection template names, and the proxy
 * configuration that a sidecar reads when it starts. Source: files/injection-template.yaml of the istiod chart.
 */
const START_UP_PATHS = [
    "cni",
    "crlConfigMapName",
    "env.ENABLE_CLUSTER_TRUST_BUNDLE_API",
    "env.ENABLE_NATIVE_SIDECARS",
    "meshConfig.defaultConfig",
    "meshConfig.proxyInboundListenPort",
    "meshConfig.proxyListenPort",
    "meshConfig.trustDomain",
    "sidecarInjectorWebhook",
    ...[
        "caAddress",
        "caName",
        "hub",
        "imagePullPolicy",
        "imagePullSecrets",
        "istioNamespace",
        "logAsJson",
        "logging",
        "meshID",
        "mountMtlsCerts",
        "multiCluster",
        "nativeNftables",
        "network",
        "pilotCertProvider",
        "platform",
        "proxy",
        "proxy_init",
        "sds",
        "sts",
        "tag",
        "trustBundleName",
        "trustDomain",
        "variant",
    ].map((key) => `global.${key}`),
];

/** Changes when, and only when, injected pods must be made anew to get what the chart's values say. */
export function sidecarHash(istiodValues: PlainObject): string {
    const startUp = Object.fromEntries(START_UP_PATHS.map((path) => [path, at(istiodValues, ...path.split("."))]));
    return createHash("sha256").update(canonicalJson(startUp)).digest("hex").slice(0, 16);
}
