import { collectorConfigsOf, isLocal, receiversOf } from "../../../checks/collector/configuration";
import { checkCollectorReceiver } from "../../../checks/collector/receiver";
import { readCollectorWorld } from "../../../checks/collector/service";
import { itemsOf } from "../../../shared/cluster/facts";
import type { Manifest } from "../../../shared/kubernetes/manifest";
import { listenOnAllAddresses } from "../../remediation/receiverEndpoint";
import type { CollectorTarget } from "../../inventory/collector";
import type { Evidence } from "../../evidence";
import { toManifests, toProvider } from "../../inventory/manifests";
import type { DoctorFinding } from "../../segments";
import { parseText } from "../../parseText";
import type { Command } from "../../remediation/commands";
import { leadTo } from "../../remediation/servicePort";
import { restartCommands } from "../../inventory/workload";
import { draftFor } from "../draft";
import { protocolSent } from "./protocol";

const make = draftFor("export");

/** A receiver in the collector's own configuration that listens elsewhere, on localhost alone, or with TLS. */
export function collectorReceiver(
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const { collectorFiles, mesh, discovery } = evidence;
    const provider = toProvider(mesh, collector.provider);
    if (provider === undefined) return undefined;
    const files = itemsOf(collectorFiles).map((object) => ({ apiVersion: "v1", kind: "ConfigMap", ...object }));
    const objects = [...toManifests(discovery, [], collector.pods), ...files];
    const [rule] = checkCollectorReceiver(provider, readCollectorWorld(objects, parseText));
    if (rule === undefined) return undefined;
    const file = itemsOf(collectorFiles).find(({ metadata }) => metadata.name === rule.object?.name);
    const [pod] = collector.pods;
    if (rule.id === "collector-receiver-port") return make({ ...rule, ...leadToReceiver(files, collector), values });
    const mend = rule.id === "collector-receiver-local" && file !== undefined && listenOnAllAddresses(file, parseText);
    const commands: Command[] = mend && pod !== undefined ? [mend, ...restartCommands(pod)] : [];
    return make({ ...rule, commands, values });
}

/** Leads the Service to where the collector's configuration has the only receiver of what is sent. */
function leadToReceiver(files: Manifest[], collector: CollectorTarget): { commands: Command[]; cure?: string } {
    const { service, port } = collector;
    const sent = protocolSent(collector);
    const [only, another] = files
        .flatMap((file) => collectorConfigsOf(file, parseText))
        .flatMap((config) => receiversOf(config, "localhost", () => undefined))
        .filter(({ protocol, host }) => protocol === sent && (host === undefined || !isLocal(host)));
    if (service === undefined || only?.port === undefined || another !== undefined) return { commands: [] };
    return {
        cure: `Lead port ${String(port)} of the Service to ${String(only.port)}, or give ${only.path} the endpoint to which it leads.`,
        commands: leadTo(service, port, only.port),
    };
}
