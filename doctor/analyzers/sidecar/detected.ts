import { protocolOf } from "../../../checks/mesh/servicePorts";
import { servedPort } from "../../../shared/kubernetes/services";
import type { Evidence } from "../../evidence";
import type { ListenerSummary } from "../../evidence/envoyConfig";
import type { SidecarEvidence } from "../../evidence/sidecar";
import { isOf } from "../../evidence/traceStructure";
import { fullName } from "../../inventory/mesh";
import { markPort } from "../../remediation/servicePort";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { countExports } from "../export/counts";
import { targetPort } from "./filterChain";

/**
 * A port without a declared protocol, which the target's sidecar detects for each connection, and of which it took the
 * probes for TCP: over mutual TLS it relies on what the sender's sidecar announces (ALPN), and creates no span for TCP.
 *
 * Source: https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
export function detectedAsTcp(
    target: SidecarEvidence,
    chains: ListenerSummary[],
    evidence: Evidence,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const { service, port } = evidence.path;
    const served = servedPort(service, port);
    if (service === undefined || served === undefined || protocolOf(served) !== undefined) return undefined;
    const kinds = chains
        .filter((chain) => chain.direction === "INBOUND" && chain.port === targetPort(target.pod, evidence.path))
        .map(({ kind }) => kind);
    const detects = kinds.includes("http") && kinds.includes("tcp");
    if (!detects || !isSilent(target, evidence)) return undefined;
    return draftFor("sidecar")({
        id: "service-port-protocol",
        resource: `Service ${fullName(service)}`,
        expected: `port ${String(port)} marked as HTTP (appProtocol: http, or a name that starts with http)`,
        got:
            `${served.name === undefined ? "no name" : `name ${served.name}`}: sidecars detect the protocol of each ` +
            `connection, and the sidecar of Pod ${fullName(target.pod)} treated these connections as TCP and created ` +
            "no spans",
        cure: "Set appProtocol: http on that port (grpc for gRPC).",
        commands: [markPort(service, (service.spec?.ports ?? []).indexOf(served), "http")],
        values,
    });
}

/** True for a target of which only the source's sidecar reported the probes, and which had no span to lose. */
function isSilent(target: SidecarEvidence, evidence: Evidence): boolean {
    const { path, probes, logLines, collector } = evidence;
    const answered = probes.every(({ answer }) => answer.status > 0 && answer.status < 500);
    const half = probes.every(({ trace }) => {
        const spans = trace?.spans ?? [];
        return spans.some((span) => isOf(span, path.source)) && !spans.some((span) => isOf(span, target.pod));
    });
    if (!answered || !half || collector === undefined) return false;
    // Its log has a line for each HTTP request.
    if ((logLines[fullName(target.pod)] ?? []).length > 0) return false;
    const exported = countExports(target, collector);
    if (typeof exported === "string") return false;
    return (logLines[fullName(path.source)] ?? []).length > 0 ? exported.failed === 0 : exported.sent === 0;
}
