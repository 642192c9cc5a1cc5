import { isKind, namespaceOf, type Manifest } from "../../shared/kubernetes/manifest";
import { listAt, mapAt, textAt } from "../../shared/values/plainObjects";

/** The rule that applies to a host: the one with the longest matching host. */
export function mostSpecificRule(objects: Manifest[], host: string): Manifest | undefined {
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

/** A short host refers to the rule's own namespace. */
export function fullHost(rule: Manifest): string {
    const host = textAt(rule, "spec", "host") ?? "";
    if (host.includes("*") || host.includes(".")) return host;
    return `${host}.${namespaceOf(rule)}.svc.cluster.local`;
}

/** The traffic policy of a rule for a port. Settings of the port replace the general ones as a whole. */
export function tlsMode(rule: Manifest, port: number): string | undefined {
    const policy = mapAt(rule, "spec", "trafficPolicy");
    const own = listAt(policy, "portLevelSettings").find((part) => mapAt(part, "port")["number"] === port);
    return textAt(own ?? policy, "tls", "mode");
}

/** How sidecars originate TLS to a host's port: `SIMPLE` or `MUTUAL`; undefined if they do not. */
export function originatedTls(objects: Manifest[], host: string, port: number): "SIMPLE" | "MUTUAL" | undefined {
    const rule = mostSpecificRule(objects, host);
    const mode = rule === undefined ? undefined : tlsMode(rule, port);
    return mode === "SIMPLE" || mode === "MUTUAL" ? mode : undefined;
}
