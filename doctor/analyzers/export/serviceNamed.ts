import { isGrpcPort } from "../../../checks/mesh/servicePorts";
import type { ServiceObject } from "../../../shared/kubernetes/objects";
import { fullServiceName } from "../../../shared/kubernetes/services";
import type { Evidence } from "../../evidence";
import type { CollectorTarget } from "../../inventory/collector";
import type { Command } from "../../remediation/commands";
import { meshConfigCure } from "../../remediation/istioConfiguration";
import { changeProvider } from "../../remediation/provider";
import { protocolDeclared } from "./portProtocols";
import { protocolSent } from "./protocol";
import { markPort } from "../../remediation/servicePort";

/**
 * Names a Service in the provider, with the port that accepts the sent protocol; undefined if no port is known to
 * accept it.
 */
export function nameService(
    service: ServiceObject,
    { mesh }: Pick<Evidence, "mesh">,
    collector: CollectorTarget,
): { cure: string; commands: Command[] } | undefined {
    const full = fullServiceName(service, mesh.clusterDomain);
    const sent = protocolSent(collector);
    const ports = service.spec?.ports ?? [];
    const same = ports.findIndex(({ port }) => port === collector.port);
    const index = same >= 0 ? same : ports.findIndex((served) => protocolDeclared(served) === sent);
    const served = ports[index];
    if (served === undefined) return undefined;
    const unmarked = protocolDeclared(served) === "otlp-grpc" && sent === "otlp-grpc" && !isGrpcPort(served);
    const { port } = served;
    const settings = port === collector.port ? { service: full } : { service: full, port };
    return {
        cure: meshConfigCure(`Name it ${full} (stack setting: collectorAddress ${full}:${String(port)})`),
        commands: [...(unmarked ? [markPort(service, index, "grpc")] : []), changeProvider(mesh, collector, settings)],
    };
}
