/** Values that the istiod chart passes on to its injection templates. */
export const ALL_VALUES = ["cni", "env", "gateways", "global", "revision", "sidecarInjectorWebhook"];

/** Whether injection describes pods to OpenTelemetry: any provider with `serviceAttributeEnrichment` says so. */
export const ENRICHMENT = "meshConfig.extensionProviders.serviceAttributeEnrichment";

/** Values that istiod computes before it runs a template, and their sources. */
const WORKED_OUT: Record<string, string[]> = {
    CompliancePolicy: ["env.COMPLIANCE_POLICY"],
    InboundTrafficPolicyMode: ["meshConfig.inboundTrafficPolicy.mode"],
    NativeSidecars: ["env.ENABLE_NATIVE_SIDECARS"],
    ProxyConfig: ["meshConfig.defaultConfig"],
    ProxyImage: ["global.hub", "global.proxy.image", "global.tag", "global.variant"],
    ProxyInitImage: ["global.hub", "global.proxy_init.image", "global.tag", "global.variant"],
};

/**
 * Paths of the istiod chart's values that an injection template reads, in alphabetical order: the values and the mesh
 * configuration fields that it names, and the sources of values that istiod computes.
 */
export function templateReads(template: string): string[] {
    const code = template.replace(/\{\{-?\s*\/\*[\s\S]*?\*\/\s*-?\}\}/g, "");
    const paths = [
        ...[...code.matchAll(/(\()?\.Values((?:\.\w+)*)(\))?((?:\.\w+)*)/g)].flatMap(
            ([, open, path = "", close, rest]) =>
                valuePaths(open !== undefined && close !== undefined ? path + (rest ?? "") : path),
        ),
        // The function searches the whole mesh configuration for one field.
        ...[...code.matchAll(/(otelResourceAttributes\s+\$?)?\.MeshConfig((?:\.\w+)*)/g)].map(
            ([, enriches, path = ""]) =>
                enriches === undefined ? `meshConfig${path.replace(/\.(?:Get)?([A-Z])/g, lowerCase)}` : ENRICHMENT,
        ),
        ...Object.entries(WORKED_OUT).flatMap(([name, from]) =>
            new RegExp(`(^|[^\\w.)])\\.${name}\\b`).test(code) ? from : [],
        ),
    ];
    return [...new Set(paths)].sort();
}

/** The chart copies the values below `pilot` to the top level, where users write them. */
function valuePaths(path: string): string[] {
    const own = path.replace(/^\.pilot(?=\.|$)/, "").slice(1);
    if (own !== "") return [own];
    return path === "" ? ALL_VALUES : ["cni", "env"];
}

function lowerCase(_: string, letter: string): string {
    return `.${letter.toLowerCase()}`;
}
