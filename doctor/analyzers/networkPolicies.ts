import {
    deniedByPolicies,
    type Connection,
    type DeniedByPolicies,
    type NetworkEnd,
} from "../../checks/cluster/networkPolicies";
import { itemsOf } from "../../shared/cluster/facts";
import { podAddresses, type PodObject, type SpecObject } from "../../shared/kubernetes/objects";
import { NAMESPACE_NAME_LABEL } from "../../shared/names/kubernetes";
import { mapAt } from "../../shared/values/plainObjects";
import type { Evidence } from "../evidence";
import { fullName } from "../inventory/mesh";
import { applyCommand, unusedName, type Command } from "../remediation/commands";
import type { Draft } from "./draft";

/** Two pods and the port between them; a pod that is undefined stands for an end that is no pod of the cluster. */
export interface Hop {
    from: PodObject | undefined;
    to: PodObject | undefined;
    port: number;
    protocol?: "TCP" | "UDP";
    /** What is sent, for the name of a new policy, such as `spans`. */
    what: string;
}

type PolicyEvidence = Pick<Evidence, "relatedObjects" | "discovery">;

/**
 * The NetworkPolicies that deny a connection which does not succeed, and a further policy that allows it. Undefined if
 * they allow it, or if they were not read.
 */
export function blockingNetworkPolicies(
    hop: Hop,
    evidence: PolicyEvidence,
): Pick<Draft, "resource" | "got" | "cure" | "commands"> | undefined {
    const policies = itemsOf(evidence.relatedObjects?.networkPolicies ?? { value: [] });
    const { from, to, port, protocol = "TCP" } = hop;
    const connection: Connection = {
        from: from && endOf(from, evidence),
        to: to && endOf(to, evidence),
        port,
        portName: portNameOf(to, port),
        protocol,
    };
    const denied = deniedByPolicies(policies, connection);
    const own = denied?.direction === "ingress" ? to : from;
    if (denied === undefined || own === undefined) return undefined;
    const names = denied.policies.map((policy) => `NetworkPolicy ${fullName(policy)}`);
    const ends =
        denied.direction === "ingress"
            ? `to Pod ${fullName(own)} at port ${String(port)}${from === undefined ? " from outside of the cluster's pods" : ` from Pod ${fullName(from)}`}`
            : `from Pod ${fullName(own)} to ${to === undefined ? "other addresses" : `Pod ${fullName(to)}`} at port ${String(port)}`;
    return {
        resource: names.join(", "),
        got: `${names.length === 1 ? "it selects" : "they select"} the pod for ${denied.direction}, and no rule allows ${protocol} ${ends}`,
        cure:
            `Allow it with another NetworkPolicy in the namespace ${own.metadata.namespace ?? ""}, because policies ` +
            "add up.",
        commands: allow(denied, hop, policies, own),
    };
}

function endOf({ metadata, ...pod }: PodObject, { discovery }: PolicyEvidence): NetworkEnd {
    const { namespace = "", labels = {} } = metadata;
    const home = itemsOf(discovery.namespaces).find((one) => one.metadata.name === namespace);
    return {
        namespace,
        namespaceLabels: { [NAMESPACE_NAME_LABEL]: namespace, ...home?.metadata.labels },
        labels,
        addresses: podAddresses({ metadata, ...pod }),
    };
}

function portNameOf(pod: PodObject | undefined, port: number): string | undefined {
    return (pod?.spec?.containers ?? [])
        .flatMap(({ ports }) => ports ?? [])
        .find(({ containerPort }) => containerPort === port)?.name;
}

/**
 * A policy that allows the port for the pods which the first denying policy selects, and for no others: it would deny
 * everything else to pods that no policy selects so far. None for an end that is no pod, whose address is unknown.
 */
function allow(
    { direction, policies: [first] }: DeniedByPolicies<SpecObject>,
    { from, to, port, protocol = "TCP", what }: Hop,
    all: SpecObject[],
    own: PodObject,
): Command[] {
    const peer = direction === "ingress" ? from : to;
    const { namespace = "" } = own.metadata;
    if (first === undefined || peer === undefined) return [];
    const peers =
        direction === "ingress"
            ? { from: [{ namespaceSelector: {} }] }
            : {
                  to: [
                      { namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: peer.metadata.namespace ?? "" } } },
                  ],
              };
    return [
        applyCommand({
            apiVersion: "networking.k8s.io/v1",
            kind: "NetworkPolicy",
            metadata: { name: unusedName(`allow-${what}`, namespace, all), namespace },
            spec: {
                podSelector: mapAt(first.spec, "podSelector"),
                policyTypes: [direction === "ingress" ? "Ingress" : "Egress"],
                [direction]: [{ ...peers, ports: [{ port, protocol }] }],
            },
        }),
    ];
}
