import { serviceOf, targetOf } from "./collectorService";
import type { Finding } from "./finding";
import { isInjected, namespacesOf } from "./injection";
import { at, isKind, listAt, mapAt, namespaceOf, nameOf, resourceName, textAt, type Manifest } from "./manifest";
import type { MeshConfigSource, TracingProvider } from "./meshConfig";
import { podTemplateOf, selects } from "./workloads";

/** A mesh that takes plain text between its workloads: no STRICT for all, or an exception from it. */
export function checkStrictMtls(objects: Manifest[], meshes: MeshConfigSource[]): Finding[] {
    const rules = objects.filter((object) => isKind(object, "PeerAuthentication", "security.istio.io"));
    const wide = (rule: Manifest): boolean => Object.keys(mapAt(rule, "spec", "selector", "matchLabels")).length === 0;
    const missing = meshes
        .filter(
            ({ rootNamespace }) =>
                !rules.some(
                    (rule) =>
                        namespaceOf(rule) === rootNamespace &&
                        wide(rule) &&
                        at(rule, "spec", "mtls", "mode") === "STRICT",
                ),
        )
        .map(({ resource, rootNamespace }) =>
            finding(
                resource,
                `a PeerAuthentication without a selector and with mode STRICT in ${rootNamespace}`,
                "none: workloads take plain text as well",
            ),
        );
    const loose = rules.flatMap((rule) => {
        const ports = Object.entries(mapAt(rule, "spec", "portLevelMtls"));
        return [
            { where: "", mode: textAt(rule, "spec", "mtls", "mode") },
            ...ports.map(([port, mtls]) => ({ where: ` for port ${port}`, mode: textAt(mtls, "mode") })),
        ]
            .filter(({ mode }) => mode === "PERMISSIVE" || mode === "DISABLE")
            .map(({ where, mode = "" }) => finding(resourceName(rule), "mode STRICT", `mode ${mode}${where}`));
    });
    return [...missing, ...loose];
}

function finding(resource: string, expected: string, got: string): Finding {
    return {
        ...{ id: "mtls-strict", severity: "error", resource, expected, got },
        cure: "Set mode STRICT; a collector without a sidecar needs no exception, since sidecars see that it has none.",
    };
}

/**
 * A DestinationRule that makes sidecars speak mTLS to a collector which has no sidecar to take it: no span arrives, while
 * the collector's host shows as healthy.
 */
export function checkCollectorMtls(provider: TracingProvider, objects: Manifest[]): Finding[] {
    const host = targetOf(provider)?.host;
    const service = host === undefined ? undefined : serviceOf(host);
    if (host === undefined || service === undefined) return [];
    const rule = mostSpecificRule(objects, host);
    if (rule === undefined || !asksForMtls(rule)) return [];
    if (hasSidecar(objects, service) !== false) return [];
    return [
        {
            id: "collector-mtls",
            severity: "error",
            resource: resourceName(rule),
            expected: `no mTLS to the collector ${host}, whose pods have no sidecar`,
            got: `mode ISTIO_MUTUAL for ${textAt(rule, "spec", "host") ?? ""}`,
            cure: `Add a DestinationRule for ${host} with tls: { mode: DISABLE }; the more exact host wins.`,
        },
    ];
}

/** The rule that counts for a host: the one whose own host is the longest that covers it. */
function mostSpecificRule(objects: Manifest[], host: string): Manifest | undefined {
    return objects
        .filter((object) => isKind(object, "DestinationRule", "networking.istio.io"))
        .filter((rule) => Object.keys(mapAt(rule, "spec", "workloadSelector")).length === 0)
        .map((rule) => ({ rule, covers: fullHost(rule) }))
        .filter(({ covers }) => covers === host || (covers.startsWith("*") && host.endsWith(covers.slice(1))))
        .sort(
            (left, right) =>
                Number(right.covers === host) - Number(left.covers === host) ||
                right.covers.length - left.covers.length,
        )
        .at(0)?.rule;
}

/** A short host means the rule's own namespace. */
function fullHost(rule: Manifest): string {
    const host = textAt(rule, "spec", "host") ?? "";
    if (host.includes("*") || host.includes(".")) return host;
    return `${host}.${namespaceOf(rule)}.svc.cluster.local`;
}

function asksForMtls(rule: Manifest): boolean {
    const policy = mapAt(rule, "spec", "trafficPolicy");
    const ports = listAt(policy, "portLevelSettings");
    return [policy, ...ports].some((part) => textAt(part, "tls", "mode") === "ISTIO_MUTUAL");
}

/** Whether the pods behind a Service have a sidecar; undefined when they are not among the objects. */
function hasSidecar(
    objects: Manifest[],
    { name, namespace }: { name: string; namespace: string },
): boolean | undefined {
    const selector = objects
        .filter(
            (object) => isKind(object, "Service", "") && nameOf(object) === name && namespaceOf(object) === namespace,
        )
        .map((service) => mapAt(service, "spec", "selector"))
        .at(0);
    const template = objects
        .filter((object) => namespaceOf(object) === namespace)
        .map(podTemplateOf)
        .find((pods) => pods !== undefined && selects(selector ?? {}, mapAt(pods.metadata, "labels")));
    return template === undefined ? undefined : isInjected(template, namespacesOf(objects).get(namespace));
}
