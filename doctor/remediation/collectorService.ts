import type { CollectorTarget } from "../inventory/collector";
import type { Evidence } from "../evidence";
import type { Command } from "./commands";
import { nameRightPort, protocolSent, protocolTaken } from "../analyzers/export/protocol";
import { endpointsCure } from "./endpoints";
import { markPort } from "./servicePort";

/** Commands that fix findings about the collector's Service; none if they might make it worse. */
export function collectorCommands(
    id: string,
    evidence: Evidence,
    collector: CollectorTarget,
): { commands: Command[]; cure?: string } {
    const { service } = collector;
    const sent = protocolSent(collector);
    if (service === undefined) return { commands: [] };
    if (id === "collector-port-grpc") {
        const index = (service.spec?.ports ?? []).findIndex(({ port }) => port === collector.port);
        if (protocolTaken(evidence, collector)?.protocol === "otlp-grpc")
            return { commands: [markPort(service, index, "grpc")] };
        const cure =
            "If the collector accepts OTLP over gRPC there, set appProtocol: grpc on that port. Otherwise, correct the provider's port.";
        return { commands: [], cure };
    }
    if (id === "collector-port-exists") return (sent && nameRightPort(sent, evidence, collector)) ?? { commands: [] };
    return id === "collector-endpoints-ready" ? endpointsCure(evidence, collector) : { commands: [] };
}
