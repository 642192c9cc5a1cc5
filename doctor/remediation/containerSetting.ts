import type { ContainerSetting } from "../../checks/collector/configuration";
import { itemsOf } from "../../shared/cluster/facts";
import type { WorkloadObject } from "../../shared/kubernetes/objects";
import type { Evidence } from "../evidence";
import { fullName } from "../inventory/mesh";
import { nameForKubectl, rollableOf, waitCommands } from "../inventory/workload";
import { patchCommand, type Command } from "./commands";

/** The workload of the collector's pods; undefined if it is unknown, or if kubectl cannot restart it. */
export function collectorWorkload({
    collector,
    workloads,
}: Pick<Evidence, "collector" | "workloads">): WorkloadObject | undefined {
    const [pod] = collector?.pods ?? [];
    const name = pod && rollableOf(pod);
    return itemsOf(workloads).find((workload) => nameForKubectl(workload) === name);
}

/**
 * Writes another value into a container of the collector's workload, which then replaces its pods.
 *
 * @param value the new value, without the name in front of it.
 */
export function changeSetting(
    { container, list, index, name }: ContainerSetting,
    value: string,
    evidence: Pick<Evidence, "collector" | "workloads">,
): { resource?: string; commands: Command[] } {
    const [pod] = evidence.collector?.pods ?? [];
    const workload = collectorWorkload(evidence);
    if (pod === undefined || workload === undefined) return { commands: [] };
    const resource = `${workload.kind} ${fullName(workload)}`;
    const place = (workload.spec?.template?.spec?.containers ?? []).findIndex((one) => one.name === container);
    if (place < 0) return { resource, commands: [] };
    const path = `/spec/template/spec/containers/${String(place)}/${list}/${String(index)}`;
    const operation =
        list === "env"
            ? ({ op: "replace", path: `${path}/value`, value } as const)
            : ({ op: "replace", path, value: `${name}${value}` } as const);
    return {
        resource,
        commands: [patchCommand(workload.kind.toLowerCase(), workload, [operation]), ...waitCommands(pod)],
    };
}
