import type { Taken } from "../../evidence/askReceiver";
import type { CollectorTarget } from "../../inventory/collector";
import type { Evidence } from "../../evidence";
import type { ClusterSummary } from "../../evidence/envoyConfig";
import { itemsOf } from "../../../shared/cluster/facts";
import { podAddresses } from "../../../shared/kubernetes/objects";
import type { DoctorFinding } from "../../segments";
import { ipOf, type ExportCounts } from "./counts";
import { draftFor } from "../draft";
import { protocolSent } from "./protocol";
import { patchCommand } from "../../remediation/commands";

const make = draftFor("export");

/** The results of calls to the collector that fail. */
export type CallsEnd = "answered" | "refused" | "dropped" | "not connected";

/** If packets are dropped, as by NetworkPolicies and firewalls, calls fail only at their timeout. */
export function howCallsEnd({ failed, connectFailed, timedOut }: ExportCounts, { receivers }: Evidence): CallsEnd {
    if ((timedOut ?? 0) > 0 || failed + connectFailed === 0) return "dropped";
    if (connectFailed === 0) return "answered";
    const closed = receivers.length > 0 && receivers.every(({ taken }) => taken === "closed");
    return timedOut === 0 || closed ? "refused" : "not connected";
}

/** A collector whose objects are correct, but which no call reaches. */
export function unreached(
    bad: ExportCounts,
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding {
    const { host, port } = collector;
    const { sent, failed, connectFailed, connecting, rejected = 0 } = bad;
    // Over HTTP, such a status is about the request itself.
    const byStatus = !collector.grpc && rejected > 0;
    const end = howCallsEnd(bad, evidence);
    const where = describeHosts(bad, evidence);
    const inside = describeInside(evidence);
    const texts: Record<CallsEnd, { got: string; cure: string }> = {
        dropped: {
            got: `${String(sent)} calls and ${String(connecting)} new connections${where}, but no answer: something on the way drops the packets${inside}`,
            cure: "Check the NetworkPolicies of the collector's and the senders' namespaces, firewalls, and whether the collector hangs.",
        },
        refused: acceptsInside(evidence, collector)
            ? {
                  got: `${String(connectFailed)} connections refused${where}${inside}: its receiver listens on localhost only, or something on the way rejects connections`,
                  cure:
                      "Make the receiver listen on every address: in the collector's configuration, arguments or " +
                      'variables, set its address to ":PORT" or "0.0.0.0:PORT", and restart its pods. Otherwise ' +
                      "check policies that reject connections.",
              }
            : {
                  got: `${String(connectFailed)} connections refused${where}: no process listens there, or something on the way rejects them${inside}`,
                  cure: "Check the Service's targetPort, the address on which the collector's receiver listens, and policies that reject connections.",
              },
        "not connected": {
            got: `${String(connectFailed)} connections failed${where}, refused or unanswered: the sidecar keeps no statistics that distinguish the two${inside}`,
            cure: "Check the Service's targetPort and the collector's own ports, then the NetworkPolicies of its namespace.",
        },
        answered: {
            got: byStatus
                ? `${String(rejected)} of ${String(sent)} calls were answered with a status of 400 to 499${where}${inside}`
                : `${String(failed)} of ${String(sent)} calls failed${where}, although the connections succeeded${inside}`,
            cure: byStatus
                ? `Check whether the collector accepts ${collector.kind} at the path ${collector.path} (stack setting: collector.path), and the headers that it requires (stack setting: collectorHeaders).`
                : "Check the collector's log, and policies in front of it. A collector for another protocol rejects every call.",
        },
    };
    return make({
        id: end === "answered" ? "export-failing" : "collector-unreachable",
        resource: `${host}:${String(port)}`,
        expected: "a collector that accepts the sidecars' calls",
        ...texts[end],
        values,
    });
}

/** True if every pod of the collector accepts the spans when it is queried from inside itself. */
function acceptsInside({ receivers }: Evidence, collector: CollectorTarget): boolean {
    const sent = protocolSent(collector);
    return receivers.length > 0 && receivers.every(({ taken }) => taken === sent);
}

/** Addresses that no pod has, which somebody wrote into an EndpointSlice by hand. */
function describeHosts({ byHost }: ExportCounts, { discovery }: Evidence): string {
    const known = new Set(itemsOf(discovery.pods).flatMap(podAddresses));
    const strange = Object.keys(byHost).filter((address) => !known.has(ipOf(address)));
    if (strange.length === 0 || known.size === 0) return "";
    return ` at ${strange.join(", ")}, which no pod of the cluster has`;
}

const INSIDE: Record<Taken, string> = {
    "otlp-grpc": "accepts otlp-grpc",
    "otlp-http": "accepts otlp-http",
    zipkin: "accepts zipkin",
    "other-grpc": "uses gRPC but accepts no spans",
    "other-http": "uses HTTP but accepts no spans",
    closed: "does not listen",
};

function describeInside({ receivers }: Evidence): string {
    const [first] = receivers;
    return first === undefined
        ? ""
        : `; queried from inside, Pod ${first.pod} ${INSIDE[first.taken]} at ${String(first.port)}`;
}

/** The collector's cluster in the sending sidecar. */
export function clusterOf({ cluster }: ExportCounts, { source, targets }: Evidence): ClusterSummary | undefined {
    return [source, ...targets]
        .flatMap((sidecar) => (sidecar !== undefined && "value" in sidecar.clusters ? sidecar.clusters.value : []))
        .find(({ name }) => name === cluster);
}

/** The sidecar itself resolves a name outside istiod's registry. */
export function addressless({ host, port, cluster }: CollectorTarget, values: Record<string, string>): DoctorFinding {
    return make({
        id: "collector-unreachable",
        resource: `${host}:${String(port)}`,
        expected: `an address behind the cluster ${cluster}`,
        got: "none, because the name does not resolve",
        cure: "Correct the name in the ServiceEntry or in tracing.zipkin.address, or add it to the cluster's DNS.",
        values,
    });
}

/** A ServiceEntry port with another protocol. An earlier check covers Services of the cluster. */
export function notHttp2({ host, port, serviceEntry }: CollectorTarget, values: Record<string, string>): DoctorFinding {
    const entry = serviceEntry?.metadata;
    const ports = (serviceEntry?.spec?.["ports"] ?? []) as { number: number; protocol: string }[];
    const index = ports.findIndex(({ number }) => number === port);
    return make({
        id: "collector-port-grpc",
        resource: entry === undefined ? host : `ServiceEntry ${entry.namespace ?? ""}/${entry.name}`,
        expected: `port ${String(port)} with the protocol GRPC`,
        got:
            `${ports[index]?.protocol ?? "another"}, so sidecars use HTTP/1.1 or plain TCP, and the collector ` +
            "rejects every span",
        cure: "Set the port's protocol to GRPC.",
        commands:
            entry === undefined || index < 0
                ? []
                : [
                      patchCommand("serviceentry", { metadata: entry }, [
                          { op: "replace", path: `/spec/ports/${String(index)}/protocol`, value: "GRPC" },
                      ]),
                  ],
        values,
    });
}
