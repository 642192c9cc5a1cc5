import { findProvider } from "../../checks/mesh/objects";
import { RECEIVER_PORTS } from "../../shared/names/ports";
import type { Evidence } from "../evidence";
import type { CollectorTarget } from "../inventory/collector";
import { patchCommand } from "./commands";
import { endpointsCure } from "./endpoints";
import { meshConfigCommand } from "./istioConfiguration";

/** Commands that mend what a check of the collector's Service found. */
export function collectorCommands(
    id: string,
    evidence: Evidence,
    collector: CollectorTarget,
): { commands: string[]; cure?: string } {
    const { service } = collector;
    if (service === undefined) return { commands: [] };
    const ports = service.spec?.ports ?? [];
    if (id === "collector-port-grpc") {
        const path = `/spec/ports/${String(ports.findIndex(({ port }) => port === collector.port))}/appProtocol`;
        return { commands: [patchCommand("service", service, [{ op: "add", path, value: "grpc" }])] };
    }
    if (id === "collector-port-exists") {
        const wanted =
            RECEIVER_PORTS[collector.kind === "zipkin" ? "zipkin" : collector.grpc ? "otlp-grpc" : "otlp-http"];
        if (!ports.some(({ port }) => port === wanted)) return { commands: [] };
        const command = meshConfigCommand(evidence.mesh, (config) => {
            const provider = findProvider(config, collector.provider);
            if (provider !== undefined) {
                provider[collector.kind] = { ...(provider[collector.kind] as object), port: wanted };
            }
            return config;
        });
        return {
            commands: [command],
            cure:
                `Send to port ${String(wanted)} (stack setting: collectorAddress; elsewhere meshConfig.extensionProviders, ` +
                "which the command changes at once, until the next upgrade of Istio).",
        };
    }
    return id === "collector-endpoints-ready" ? endpointsCure(evidence, collector) : { commands: [] };
}
