import { checkOtlpHttp } from "../../../checks/telemetry/tracingProviders";
import type { Evidence } from "../../evidence";
import type { ClusterSummary } from "../../evidence/envoyConfig";
import type { CollectorTarget } from "../../inventory/collector";
import { toProvider } from "../../inventory/manifests";
import { fullName } from "../../inventory/mesh";
import { patchCommand } from "../../remediation/commands";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { judgePolicies } from "./authorization";
import type { ExportCounts } from "./counts";
import { httpIncomplete } from "./otlpHttp";
import { judgeTls } from "./tls";
import { clusterMissing } from "./visibility";

const make = draftFor("export");

/** Why calls fail to a collector whose Service looks right, as far as anything shows it. */
export function whyRefused(
    bad: ExportCounts,
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding {
    const config = clusterOf(bad, evidence);
    const seen = {
        ...values,
        "cluster in the sidecar":
            config === undefined ? "none" : `HTTP/2 ${config.http2 ? "on" : "off"}, TLS ${config.tls}`,
    };
    if (!bad.exists) return clusterMissing(bad, evidence, collector, seen);
    if (bad.hosts === 0) return addressless(collector, seen);
    const keptOut = keptOutOf(bad, evidence, collector, seen);
    if (keptOut?.id === "collector-mtls") return keptOut;
    if (collector.grpc && config !== undefined && !config.http2) return notHttp2(collector, seen);
    const provider = toProvider(evidence.mesh, collector.provider);
    const [incomplete] = provider === undefined ? [] : checkOtlpHttp(provider);
    if (incomplete !== undefined) return httpIncomplete("export", incomplete, evidence, collector, seen);
    if (keptOut !== undefined) return keptOut;
    if (bad.failed + bad.connectFailed === 0) return unanswered(bad, collector, seen);
    const misled = wrongTargetPort(collector, seen);
    if (bad.connectFailed > 0 && misled !== undefined) return misled;
    return make({
        id: bad.connectFailed > 0 ? "collector-unreachable" : "export-failing",
        resource: `${collector.host}:${String(collector.port)}`,
        expected: "a collector that takes the sidecars' calls",
        got:
            bad.connectFailed > 0
                ? `${String(bad.connectFailed)} connections failed: nothing listens there, or something on the way refuses it`
                : `${String(bad.failed)} of ${String(bad.sent)} calls failed over connections that came about`,
        cure:
            bad.connectFailed > 0
                ? "Look at the Service's targetPort and the collector's own ports, then at NetworkPolicies of its namespace."
                : "Look into the collector's log, and at policies in front of it; a collector of another protocol refuses every call.",
        values: seen,
    });
}

/** Whoever drops packets, as NetworkPolicies and firewalls do, lets nothing fail before its time is up. */
function unanswered(
    { sent, connecting }: ExportCounts,
    { host, port }: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding {
    return make({
        id: "collector-unreachable",
        resource: `${host}:${String(port)}`,
        expected: "a collector that answers the sidecars' calls",
        got: `${String(sent)} calls and ${String(connecting)} new connections, and no answer: something on the way drops them`,
        cure: "Look at NetworkPolicies of the collector's namespace and of the senders', at firewalls, and whether the collector stands still.",
        values,
    });
}

/** What keeps a sidecar's calls out of a collector that has a sidecar itself, or takes mTLS for one that has none. */
export function keptOutOf(
    sender: ExportCounts,
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const tls = clusterOf(sender, evidence)?.tls;
    if (tls === undefined) return undefined;
    const plain = tls === "none" || tls === "other";
    return judgeTls(tls, evidence, collector, values) ?? judgePolicies(sender.pod, plain, evidence, collector, values);
}

function clusterOf({ cluster }: ExportCounts, { source, targets }: Evidence): ClusterSummary | undefined {
    return [source, ...targets]
        .flatMap((sidecar) => (sidecar !== undefined && "value" in sidecar.clusters ? sidecar.clusters.value : []))
        .find(({ name }) => name === cluster);
}

/** A name outside of istiod's registry is resolved by the sidecar itself. */
function addressless({ host, port, cluster }: CollectorTarget, values: Record<string, string>): DoctorFinding {
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
function notHttp2({ host, port, serviceEntry }: CollectorTarget, values: Record<string, string>): DoctorFinding {
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

/** A targetPort that no container of the collector declares, while one declares the Service's own port. */
function wrongTargetPort(
    { service, pods, port }: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const ports = service?.spec?.ports ?? [];
    const index = ports.findIndex((candidate) => candidate.port === port);
    const target = ports[index]?.targetPort ?? port;
    const declared = pods.flatMap(({ spec }) => spec?.containers ?? []).flatMap((container) => container.ports ?? []);
    const fits = declared.some(({ name, containerPort }) => name === target || containerPort === target);
    const own = declared.some(({ containerPort }) => containerPort === port);
    if (service === undefined || fits || !own) return undefined;
    const path = `/spec/ports/${String(index)}/targetPort`;
    return make({
        id: "collector-target-port",
        resource: `Service ${fullName(service)}`,
        expected: `targetPort ${String(port)}, which its pods declare`,
        got: `${String(target)}, on which nothing listens`,
        cure: "Lead the port to the collector's receiver.",
        commands: [patchCommand("service", service, [{ op: "replace", path, value: port }])],
        values,
    });
}
