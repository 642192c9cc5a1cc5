import { checkCollectorInCluster } from "../../../checks/cluster/collectorAddress";
import { checkOtlpHttp } from "../../../checks/telemetry/tracingProviders";
import { itemsOf } from "../../../shared/cluster/facts";
import { slicesOf } from "../../../shared/kubernetes/services";
import type { CollectorTarget } from "../../inventory/collector";
import type { Evidence } from "../../evidence";
import { toProvider } from "../../inventory/manifests";
import type { DoctorFinding } from "../../segments";
import { collectorCommands } from "../../remediation/collectorService";
import { unusableService } from "./serviceKind";
import { otherProtocol } from "./protocol";
import { unfitProvider } from "./providerCalls";
import { proxyProtocolByRule } from "./proxyProtocol";
import { collectorReceiver } from "./receiver";
import { staleConfig } from "./staleConfig";
import { targetPortUnnamed, wrongTargetPort } from "./targetPort";
import { receiverPort } from "../../evidence/receivers";
import { blockingNetworkPolicies } from "../networkPolicies";
import { addressless, clusterOf, howCallsEnd, notHttp2, unreached } from "./unreached";
import { limitedByRule } from "./connectionLimits";
import type { ExportCounts } from "./counts";
import { keptOutOf } from "./keptOut";
import { draftFor } from "../draft";
import { spokenHttp2 } from "./spokenHttp2";
import { httpIncomplete } from "./otlpHttp";
import { clusterPatched, patchesOfCluster, type ClusterPatches } from "./clusterPatches";
import { clusterMissing } from "./visibility";

const make = draftFor("export");

/** Why no call succeeds: first causes in the collector's objects, then causes that only the live path shows. */
export function whyExportFails(
    bad: ExportCounts,
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding[] {
    const unusable = unusableService(evidence, collector, values);
    if (unusable !== undefined) return [make(unusable)];
    const other = otherProtocol(evidence, collector, values);
    if (other !== undefined) return [other];
    const unnamed = targetPortUnnamed(collector, values);
    if (unnamed !== undefined) return [unnamed];
    const misdeclared = judgeService(evidence, collector, values);
    if (misdeclared.length > 0) return misdeclared;
    const config = clusterOf(bad, evidence);
    const seen = {
        ...values,
        "cluster in the sidecar":
            config === undefined ? "none" : `HTTP/2 ${config.http2 ? "on" : "off"}, TLS ${config.tls}`,
    };
    if (!bad.exists) return [clusterMissing(bad, evidence, collector, seen)];
    const patches = patchesOfCluster(bad.pod, bad.cluster, evidence);
    const aimed = patched(bad, bad.hosts === 0 ? patches : patches.filter((one) => one.aimed), seen);
    if (aimed !== undefined) return [aimed];
    if (bad.hosts === 0) return [addressless(collector, seen)];
    const keptOut = keptOutOf(bad, evidence, collector, seen);
    if (keptOut?.id === "collector-mtls") return [keptOut];
    if (collector.grpc && config !== undefined && !config.http2) return [notHttp2(collector, seen)];
    const provider = toProvider(evidence.mesh, collector.provider);
    const [incomplete] = provider === undefined ? [] : checkOtlpHttp(provider);
    if (incomplete !== undefined) return [httpIncomplete("export", incomplete, evidence, collector, seen)];
    if (keptOut !== undefined) return [keptOut];
    const spoken = !collector.grpc && config?.http2 === true ? spokenHttp2(evidence, collector, seen) : undefined;
    if (spoken !== undefined) return [spoken];
    const unfit = unfitProvider([bad], evidence, collector, seen);
    if (unfit !== undefined) return [unfit];
    const limited = limitedByRule([bad], evidence, collector, seen);
    if (limited !== undefined && bad.connectFailed === 0) return [limited];
    const wrapped = proxyProtocolByRule(evidence, collector, seen);
    if (wrapped !== undefined && bad.connectFailed === 0) return [wrapped];
    const misled = bad.connectFailed > 0 ? wrongTargetPort(collector, seen) : undefined;
    const receiver =
        misled ??
        collectorReceiver(evidence, collector, seen) ??
        staleConfig(evidence, collector, seen) ??
        blockedByPolicy(bad, evidence, collector, seen);
    return [receiver ?? patched(bad, patches, seen) ?? unreached(bad, evidence, collector, seen)];
}

/** NetworkPolicies between a sidecar and the collector, if its connections get no answer. */
function blockedByPolicy(
    bad: ExportCounts,
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    if (howCallsEnd(bad, evidence) === "answered") return undefined;
    for (const to of collector.pods) {
        const port = receiverPort(to, collector);
        const denied =
            port === undefined
                ? undefined
                : blockingNetworkPolicies({ from: bad.pod, to, port, what: "spans" }, evidence);
        if (denied !== undefined)
            return make({
                id: "collector-network-policy",
                expected: "NetworkPolicies that allow sidecars to send spans to the collector",
                ...denied,
                values,
            });
    }
    return undefined;
}

function patched(
    { pod, cluster }: ExportCounts,
    patches: ClusterPatches[],
    values: Record<string, string>,
): DoctorFinding | undefined {
    const found = clusterPatched(patches, pod, cluster);
    return found && make({ id: "collector-cluster-patched", ...found, values });
}

/**
 * Findings of the checks about the Service. The port's gRPC marking is checked only if the port is known to accept
 * gRPC.
 */
function judgeService(evidence: Evidence, collector: CollectorTarget, values: Record<string, string>): DoctorFinding[] {
    const { host, port, grpc, kind, service } = collector;
    if (service === undefined) return [];
    const { endpointSlices } = evidence.discovery;
    const own = slicesOf(service, itemsOf(endpointSlices));
    const protocol = grpc ? "otlp-grpc" : kind;
    return (
        checkCollectorInCluster({ host, port, protocol, service, endpointSlices: own })
            // If slices could not be read, there is no proof that no endpoint is ready.
            .filter(({ id }) => id !== "collector-endpoints-ready" || "value" in endpointSlices)
            .map((finding) =>
                make({ ...finding, severity: "error", values, ...collectorCommands(finding.id, evidence, collector) }),
            )
    );
}
