import type { Taken } from "../../evidence/askReceiver";
import type { CollectorTarget } from "../../inventory/collector";
import type { Evidence } from "../../evidence";
import type { ClusterSummary } from "../../evidence/envoyConfig";
import { itemsOf } from "../../../shared/cluster/facts";
import type { DoctorFinding } from "../../segments";
import { ipOf, type ExportCounts } from "./counts";
import { draftFor } from "../draft";
import { patchCommand } from "../../remediation/commands";

const make = draftFor("export");

/** How calls to the collector end that do not get through. */
export type CallsEnd = "answered" | "refused" | "dropped" | "not connected";

/** Whoever drops packets, as NetworkPolicies and firewalls do, lets nothing fail before its time is up. */
export function howCallsEnd({ failed, connectFailed, timedOut }: ExportCounts, { receivers }: Evidence): CallsEnd {
    if ((timedOut ?? 0) > 0 || failed + connectFailed === 0) return "dropped";
    if (connectFailed === 0) return "answered";
    const closed = receivers.length > 0 && receivers.every(({ taken }) => taken === "closed");
    return timedOut === 0 || closed ? "refused" : "not connected";
}

/** A collector of which everything looks right, and whom no call reaches. */
export function unreached(
    bad: ExportCounts,
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding {
    const { host, port } = collector;
    const { sent, failed, connectFailed, connecting } = bad;
    const end = howCallsEnd(bad, evidence);
    const where = describeHosts(bad, evidence);
    const inside = describeInside(evidence);
    const texts: Record<CallsEnd, { got: string; cure: string }> = {
        dropped: {
            got: `${String(sent)} calls and ${String(connecting)} new connections${where}, and no answer: something on the way drops them${inside}`,
            cure: "Look at NetworkPolicies of the collector's namespace and of the senders', at firewalls, and whether the collector stands still.",
        },
        refused: {
            got: `${String(connectFailed)} connections refused${where}: nothing listens there, or something on the way rejects them${inside}`,
            cure: "Look at the Service's targetPort, at the address on which the collector's receiver listens, then at policies that reject.",
        },
        "not connected": {
            got: `${String(connectFailed)} connections failed${where}, refused or never answered: the sidecar keeps no statistics that tell which${inside}`,
            cure: "Look at the Service's targetPort and the collector's own ports, then at NetworkPolicies of its namespace.",
        },
        answered: {
            got: `${String(failed)} of ${String(sent)} calls failed${where} over connections that came about${inside}`,
            cure: "Look into the collector's log, and at policies in front of it; a collector of another protocol refuses every call.",
        },
    };
    return make({
        id: end === "answered" ? "export-failing" : "collector-unreachable",
        resource: `${host}:${String(port)}`,
        expected: "a collector that takes the sidecars' calls",
        ...texts[end],
        values,
    });
}

/** Addresses that no pod has: those that somebody wrote into an EndpointSlice by hand. */
function describeHosts({ byHost }: ExportCounts, { discovery }: Evidence): string {
    const known = new Set(itemsOf(discovery.pods).map(({ status }) => status?.podIP));
    const strange = Object.keys(byHost).filter((address) => !known.has(ipOf(address)));
    if (strange.length === 0 || known.size === 0) return "";
    return ` at ${strange.join(", ")}, which no pod of the cluster has`;
}

const INSIDE: Record<Taken, string> = {
    "otlp-grpc": "takes otlp-grpc",
    "otlp-http": "takes otlp-http",
    zipkin: "takes zipkin",
    "other-grpc": "speaks gRPC and takes no spans",
    "other-http": "speaks HTTP and takes no spans",
    closed: "has nothing that listens",
};

function describeInside({ receivers }: Evidence): string {
    const [first] = receivers;
    return first === undefined
        ? ""
        : `; asked inside of it, Pod ${first.pod} ${INSIDE[first.taken]} at ${String(first.port)}`;
}

/** The collector's cluster in the sidecar that sends. */
export function clusterOf({ cluster }: ExportCounts, { source, targets }: Evidence): ClusterSummary | undefined {
    return [source, ...targets]
        .flatMap((sidecar) => (sidecar !== undefined && "value" in sidecar.clusters ? sidecar.clusters.value : []))
        .find(({ name }) => name === cluster);
}

/** A name outside of istiod's registry is resolved by the sidecar itself. */
export function addressless({ host, port, cluster }: CollectorTarget, values: Record<string, string>): DoctorFinding {
    return make({
        id: "collector-unreachable",
        resource: `${host}:${String(port)}`,
        expected: `an address behind the cluster ${cluster}`,
        got: "none: the name resolves to nothing",
        cure: "Correct the name, of the ServiceEntry or of tracing.zipkin.address, or let the cluster's DNS know it.",
        values,
    });
}

/** A ServiceEntry port of another protocol; a Service of the cluster was found by its own check before. */
export function notHttp2({ host, port, serviceEntry }: CollectorTarget, values: Record<string, string>): DoctorFinding {
    const entry = serviceEntry?.metadata;
    const ports = (serviceEntry?.spec?.["ports"] ?? []) as { number: number; protocol: string }[];
    const index = ports.findIndex(({ number }) => number === port);
    return make({
        id: "collector-port-grpc",
        resource: entry === undefined ? host : `ServiceEntry ${entry.namespace ?? ""}/${entry.name}`,
        expected: `port ${String(port)} with the protocol GRPC`,
        got: `${ports[index]?.protocol ?? "another"}: sidecars speak HTTP/1.1 or plain TCP to it, and it refuses every span`,
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
