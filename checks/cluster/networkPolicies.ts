import { matchesSelector, type LabelSelector } from "../../shared/kubernetes/labelSelectors";
import type { Metadata } from "../../shared/kubernetes/objects";
import { isInRange } from "../../shared/values/addresses";
import { at, isPlainObject, itemsAt, listAt, mapAt, textAt, type PlainObject } from "../../shared/values/plainObjects";

/** A NetworkPolicy: https://kubernetes.io/docs/concepts/services-networking/network-policies/ */
export interface NetworkPolicy {
    metadata: Metadata;
    spec?: Record<string, unknown>;
}

/** One end of a connection. */
export interface NetworkEnd {
    namespace: string;
    namespaceLabels: Record<string, string>;
    labels: Record<string, string>;
    addresses: string[];
}

/** A connection between two pods; an end outside of the cluster's pods is undefined. */
export interface Connection {
    from: NetworkEnd | undefined;
    to: NetworkEnd | undefined;
    port: number;
    /** The name of that port in the receiving pod. */
    portName?: string;
    protocol: "TCP" | "UDP";
}

/** The policies that deny a connection in one direction: those that select the pod there, and of which none allows it. */
export interface DeniedByPolicies<Policy extends NetworkPolicy> {
    direction: "ingress" | "egress";
    policies: Policy[];
}

/**
 * The NetworkPolicies that deny a connection; undefined if they allow it. Policies that select a pod add up: a
 * connection needs a rule of any of them, for each direction. Whether the cluster's network enforces them is unknown.
 */
export function deniedByPolicies<Policy extends NetworkPolicy>(
    policies: Policy[],
    connection: Connection,
): DeniedByPolicies<Policy> | undefined {
    const { from, to } = connection;
    for (const [direction, own, peer] of [
        ["ingress", to, from],
        ["egress", from, to],
    ] as const) {
        if (own === undefined) continue;
        const selecting = policies.filter(
            (policy) =>
                (policy.metadata.namespace ?? "") === own.namespace &&
                typesOf(policy).includes(direction) &&
                matchesSelector(mapAt(policy.spec, "podSelector") as LabelSelector, own.labels),
        );
        const allows = ({ metadata, spec }: Policy): boolean =>
            listAt(spec, direction).some(
                (rule) =>
                    allowsPort(rule, connection) &&
                    allowsPeer(listAt(rule, direction === "ingress" ? "from" : "to"), peer, metadata.namespace ?? ""),
            );
        if (selecting.length > 0 && !selecting.some(allows)) return { direction, policies: selecting };
    }
    return undefined;
}

/** Without types, a policy is about ingress, and about egress if it has such rules. */
function typesOf({ spec }: NetworkPolicy): string[] {
    const types = itemsAt(spec, "policyTypes").map((type) => String(type).toLowerCase());
    if (types.length > 0) return types;
    return Array.isArray(at(spec, "egress")) ? ["ingress", "egress"] : ["ingress"];
}

/** A rule without ports allows every port. */
function allowsPort(rule: PlainObject, { port, portName, protocol }: Connection): boolean {
    const ports = listAt(rule, "ports");
    return (
        ports.length === 0 ||
        ports.some((one) => {
            if ((textAt(one, "protocol") ?? "TCP") !== protocol) return false;
            const { port: named, endPort } = one;
            if (named === undefined) return true;
            if (typeof named === "string") return named === portName;
            return typeof endPort === "number" ? port >= Number(named) && port <= endPort : port === named;
        })
    );
}

/** A rule without peers allows every peer. */
function allowsPeer(peers: PlainObject[], end: NetworkEnd | undefined, home: string): boolean {
    return peers.length === 0 || peers.some((peer) => isPeer(peer, end, home));
}

function isPeer(peer: PlainObject, end: NetworkEnd | undefined, home: string): boolean {
    const block = peer["ipBlock"];
    if (isPlainObject(block)) {
        // The address of an end outside of the pods is unknown, so only a block of all addresses surely has it.
        if (end === undefined) return ["0.0.0.0/0", "::/0"].includes(textAt(block, "cidr") ?? "");
        const except = itemsAt(block, "except").map(String);
        return end.addresses.some(
            (address) =>
                isInRange(address, textAt(block, "cidr") ?? "") && !except.some((cidr) => isInRange(address, cidr)),
        );
    }
    if (end === undefined) return false;
    const { namespaceSelector, podSelector } = peer;
    const isHome = isPlainObject(namespaceSelector)
        ? matchesSelector(namespaceSelector, end.namespaceLabels)
        : end.namespace === home;
    return isHome && (!isPlainObject(podSelector) || matchesSelector(podSelector, end.labels));
}
