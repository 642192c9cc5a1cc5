import { isKind, namespaceOf, nameOf, type Manifest, type ObjectName } from "../../shared/kubernetes/manifest";
import { selects } from "../../shared/kubernetes/labelSelectors";
import { listAt, mapAt, textAt } from "../../shared/values/plainObjects";
import { subjectOf, type Finding } from "../finding";
import type { TracingProvider } from "../mesh/configuration";
import { fullHost, mostSpecificRule, tlsMode } from "../mesh/destinationRules";
import { isStrict } from "../mesh/strictMtls";
import { isInjected, namespacesOf } from "../workload/injection";
import { podsBehind, type PodTemplate } from "../workload/podTemplates";
import { serviceOf, targetOf } from "./address";

/** Modes in which a sidecar presents no certificate of the mesh. */
const WITHOUT_IDENTITY = ["DISABLE", "SIMPLE", "MUTUAL"];

/**
 * Reports a DestinationRule that makes sidecars use a TLS mode that the collector rejects, so that no span arrives:
 * mTLS to a collector without a sidecar, or any other mode to one that accepts only certificates of the mesh (through
 * mode STRICT or its policies). Without such a rule, sidecars detect what each pod accepts.
 *
 * Source: https://istio.io/latest/docs/ops/configuration/traffic-management/tls-configuration/
 */
export function checkCollectorMtls(provider: TracingProvider, objects: Manifest[]): Finding[] {
    const target = targetOf(provider);
    const service = target === undefined ? undefined : serviceOf(target.host);
    if (target === undefined || service === undefined) return [];
    const { host, port } = target;
    const rule = mostSpecificRule(objects, host);
    const mode = rule === undefined ? undefined : tlsMode(rule, port);
    const pods = podsBehind(objects, service.namespace, serviceAt(objects, service));
    if (rule === undefined || mode === undefined || pods === undefined) return [];
    const injected = isInjected(pods, namespacesOf(objects).get(service.namespace));
    const finding = (expected: string, right: string): Finding => ({
        ...{ id: "collector-mtls", severity: "error", ...subjectOf(rule), expected },
        got: `mode ${mode} for ${textAt(rule, "spec", "host") ?? ""}`,
        cure:
            fullHost(rule) === host
                ? "Remove tls from the rule: sidecars detect by themselves whether the collector accepts mTLS."
                : `Add a DestinationRule for ${host} with tls: { mode: ${right} }. The most specific host wins.`,
    });
    if (injected === false && mode === "ISTIO_MUTUAL")
        return [finding(`no mTLS to the collector ${host}, whose pods have no sidecar`, "DISABLE")];
    if (injected !== true || !WITHOUT_IDENTITY.includes(mode)) return [];
    const { namespace } = service;
    const labels = mapAt(pods.metadata, "labels");
    const strict = isStrict(objects, { labels, namespace, rootNamespace: provider.rootNamespace }, port);
    if (strict || requiresMeshIdentity(objects, pods, namespace))
        return [finding(`mTLS to the collector ${host}, which accepts only certificates of the mesh`, "ISTIO_MUTUAL")];
    return [];
}

/**
 * True if every policy that admits requests to the pods requires an identity, which only a certificate of the mesh
 * proves.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/#Source
 */
function requiresMeshIdentity(objects: Manifest[], pods: PodTemplate, namespace: string): boolean {
    const rules = objects
        .filter((object) => isKind(object, "AuthorizationPolicy", "security.istio.io"))
        .filter((policy) => namespaceOf(policy) === namespace)
        .filter((policy) => (textAt(policy, "spec", "action") ?? "ALLOW") === "ALLOW")
        .filter((policy) => {
            const labels = mapAt(policy, "spec", "selector", "matchLabels");
            return Object.keys(labels).length === 0 || selects(labels, mapAt(pods.metadata, "labels"));
        })
        .flatMap((policy) => listAt(policy, "spec", "rules"));
    const namesIdentity = (rule: Manifest): boolean => {
        const sources = listAt(rule, "from").map((from) => mapAt(from, "source"));
        const named = (source: Manifest): boolean =>
            ["principals", "namespaces", "serviceAccounts"].some((key) => source[key] !== undefined);
        return sources.length > 0 && sources.every(named);
    };
    return rules.length > 0 && rules.every(namesIdentity);
}

function serviceAt(objects: Manifest[], { name, namespace }: ObjectName): Manifest | undefined {
    return objects.find(
        (object) => isKind(object, "Service", "") && namespaceOf(object) === namespace && nameOf(object) === name,
    );
}
