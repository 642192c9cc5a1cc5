import { collectorConfigsOf, receiversOf } from "../../../checks/collector/configuration";
import { describePort, isGrpcPort } from "../../../checks/mesh/servicePorts";
import { itemsOf } from "../../../shared/cluster/facts";
import { servedPort } from "../../../shared/kubernetes/services";
import { RECEIVER_PORTS, type CollectorProtocol } from "../../../shared/names/ports";
import type { CollectorTarget } from "../../inventory/collector";
import type { Evidence } from "../../evidence";
import { receiverPort } from "../../evidence/receivers";
import { fullName } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { parseText } from "../../parseText";
import type { Command } from "../../remediation/commands";
import { changeProvider } from "../../remediation/provider";
import { markPort, misledPorts, restoreTargets } from "../../remediation/servicePort";
import { draftFor } from "../draft";
import { protocolDeclared } from "./portProtocols";

/** The protocol that a port of the collector accepts, and the evidence. */
export interface KnownProtocol {
    protocol: CollectorProtocol;
    by: "answers" | "configuration" | "service";
}

/** The protocol of a provider's spans; undefined for kinds without a known receiver. */
export function protocolSent({ kind, grpc }: Pick<CollectorTarget, "kind" | "grpc">): CollectorProtocol | undefined {
    if (kind === "zipkin") return "zipkin";
    return kind === "opentelemetry" ? (grpc ? "otlp-grpc" : "otlp-http") : undefined;
}

/**
 * The protocol that the collector accepts at the provider's port: from its answers, otherwise from its configuration,
 * otherwise from its Service.
 */
export function protocolTaken(evidence: Evidence, collector: CollectorTarget): KnownProtocol | undefined {
    const isKnown = (taken: string): taken is CollectorProtocol => taken in RECEIVER_PORTS;
    const answers = [...new Set(evidence.receivers.map(({ taken }) => taken).filter(isKnown))];
    const sent = protocolSent(collector);
    const [answer] = answers.filter((taken) => taken === sent).concat(answers);
    if (answer !== undefined) return { protocol: answer, by: "answers" };
    const served = servedPort(collector.service, collector.port);
    const configured = configuredAt(evidence, collector);
    if (configured !== undefined) return { protocol: configured, by: "configuration" };
    const declared = served && protocolDeclared(served);
    return declared === undefined ? undefined : { protocol: declared, by: "service" };
}

function configuredAt({ collectorFiles }: Evidence, collector: CollectorTarget): CollectorProtocol | undefined {
    const [pod] = collector.pods;
    const port = pod && receiverPort(pod, collector);
    const receivers = itemsOf(collectorFiles)
        .flatMap((object) => collectorConfigsOf({ kind: "ConfigMap", ...object }, parseText))
        .flatMap((config) => receiversOf(config, "localhost", () => undefined));
    return receivers.find((receiver) => receiver.port === port)?.protocol as CollectorProtocol | undefined;
}

/** A port that accepts another protocol than the provider sends. */
export function otherProtocol(
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const { service, port, provider } = collector;
    const sent = protocolSent(collector);
    const taken = protocolTaken(evidence, collector);
    const served = servedPort(service, port);
    if (service === undefined || served === undefined || sent === undefined) return undefined;
    if (taken === undefined || taken.protocol === sent) return undefined;
    const signs = {
        answers: "according to its pods' answers",
        configuration: "according to its configuration",
        service: "according to the Service",
    };
    const { commands, cure } = sendRightly(sent, taken.protocol, evidence, collector);
    return draftFor("export")({
        id: "collector-port-protocol",
        resource: `Service ${fullName(service)}`,
        expected: `a port that accepts ${sent}, which the provider "${provider}" sends`,
        got: `port ${describePort(served)}, which accepts ${taken.protocol} ${signs[taken.by]}`,
        cure,
        commands,
        values,
    });
}

const KEEP =
    "without the stack: meshConfig.extensionProviders, which the command changes only until the next upgrade of Istio";

/**
 * Restores the targets of ports that say what they accept but lead elsewhere. Otherwise, names the port that accepts the
 * sent protocol. Otherwise, sends the protocol that the port accepts, if the provider's
 * kind can.
 */
function sendRightly(
    sent: CollectorProtocol,
    taken: CollectorProtocol,
    evidence: Evidence,
    collector: CollectorTarget,
): { commands: Command[]; cure: string } {
    const { service, port, pods } = collector;
    const served = servedPort(service, port);
    // The provider is right, and the Service leads its port elsewhere. To follow it would make the mistake permanent.
    const misled = misledPorts(service, pods);
    if (service !== undefined && misled.some((one) => one.port === port)) return restoreTargets(service, misled);
    const better = nameRightPort(sent, evidence, collector);
    if (better !== undefined) return better;
    if (sent === "otlp-grpc" && taken === "otlp-http")
        return {
            cure: `Send OTLP over HTTP, which this port accepts (stack setting: collector.protocol; ${KEEP}).`,
            commands: [changeProvider(evidence.mesh, collector, { http: { path: "/v1/traces", timeout: "3s" } })],
        };
    if (sent === "otlp-http" && taken === "otlp-grpc" && served !== undefined && isGrpcPort(served))
        return {
            cure: `Send OTLP over gRPC, which this port accepts: remove http from the provider (stack setting: collector.protocol; ${KEEP}).`,
            commands: [changeProvider(evidence.mesh, collector, { http: undefined })],
        };
    const cure = `Give the collector a receiver of ${sent} and its Service a port for it, or name a provider of a kind that sends ${taken}.`;
    return { cure, commands: [] };
}

/**
 * The commands that send to the Service's port for a protocol, and mark the port as gRPC if necessary; undefined if
 * there is no such port.
 */
export function nameRightPort(
    sent: CollectorProtocol,
    evidence: Evidence,
    collector: CollectorTarget,
): { commands: Command[]; cure: string } | undefined {
    const { service, port } = collector;
    const ports = service?.spec?.ports ?? [];
    const index = ports.findIndex((candidate) => candidate.port !== port && protocolDeclared(candidate) === sent);
    const right = ports[index];
    if (service === undefined || right === undefined) return undefined;
    const change = changeProvider(evidence.mesh, collector, { port: right.port });
    return {
        cure: `Send to port ${String(right.port)}, which accepts ${sent} (stack setting: collectorAddress; ${KEEP}).`,
        commands: sent === "otlp-grpc" && !isGrpcPort(right) ? [markPort(service, index, "grpc"), change] : [change],
    };
}
