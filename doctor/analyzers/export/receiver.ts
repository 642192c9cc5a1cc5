import { checkCollectorReceiver } from "../../../checks/collector/receiver";
import { readCollectorWorld } from "../../../checks/collector/service";
import { itemsOf } from "../../../shared/cluster/facts";
import { listenOnAllAddresses } from "../../remediation/receiverEndpoint";
import type { CollectorTarget } from "../../inventory/collector";
import type { Evidence } from "../../evidence";
import { toManifests, toProvider } from "../../inventory/manifests";
import { fullName } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { parseText } from "../../parseText";
import { patchCommand, type Command } from "../../remediation/commands";
import { restartCommands } from "../../inventory/workload";
import { draftFor } from "../draft";

const make = draftFor("export");

/** A receiver in the collector's own configuration that listens on another port, only on localhost, or with TLS. */
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
    const mend = rule.id === "collector-receiver-local" && file !== undefined && listenOnAllAddresses(file, parseText);
    const commands: Command[] = mend && pod !== undefined ? [mend, ...restartCommands(pod)] : [];
    return make({ ...rule, commands, values });
}

/** A targetPort that no container of the collector declares, while a container declares the Service's port. */
export function wrongTargetPort(
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
        got: `${String(target)}, on which no container listens`,
        cure: "Set targetPort to the port of the collector's receiver.",
        commands: [patchCommand("service", service, [{ op: "replace", path, value: port }])],
        values,
    });
}
