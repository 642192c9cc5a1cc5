import { targetPortOf } from "../../../shared/kubernetes/services";
import type { CollectorTarget } from "../../inventory/collector";
import { fullName } from "../../inventory/mesh";
import { leadTo } from "../../remediation/servicePort";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { portTaking } from "./portProtocols";
import { protocolSent } from "./protocol";

const make = draftFor("export");

/** A named targetPort that no port of the collector's pods has, so that the Service has no endpoints for its port. */
export function targetPortUnnamed(
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const { service, pods, port } = collector;
    const target = targetPortOf(service, port);
    if (service === undefined || typeof target !== "string" || pods.length === 0 || isDeclared(target, collector))
        return undefined;
    const right = rightTarget(collector);
    return make({
        id: "collector-target-port",
        resource: `Service ${fullName(service)}`,
        expected:
            right === undefined
                ? "the name of a port of its pods"
                : `targetPort ${String(right)}, which its pods declare`,
        got: `${target}, which is not the name of a port of its pods, so port ${String(port)} has no endpoints`,
        cure: "Set targetPort to the port of the collector's receiver.",
        commands: right === undefined ? [] : leadTo(service, port, right),
        values,
    });
}

/** A targetPort that no container of the collector declares, while a container declares the receiver's port. */
export function wrongTargetPort(collector: CollectorTarget, values: Record<string, string>): DoctorFinding | undefined {
    const { service, port } = collector;
    const target = targetPortOf(service, port);
    const right = rightTarget(collector);
    if (service === undefined || isDeclared(target, collector) || right === undefined) return undefined;
    return make({
        id: "collector-target-port",
        resource: `Service ${fullName(service)}`,
        expected: `targetPort ${String(right)}, which its pods declare`,
        got: `${String(target)}, on which no container listens`,
        cure: "Set targetPort to the port of the collector's receiver.",
        commands: leadTo(service, port, right),
        values,
    });
}

/** The Service's own port if its pods declare it, otherwise their port for the sent protocol. */
function rightTarget(collector: CollectorTarget): number | undefined {
    const sent = protocolSent(collector);
    if (isDeclared(collector.port, collector)) return collector.port;
    return sent && portTaking(sent, collector.pods);
}

function isDeclared(target: number | string, { pods }: CollectorTarget): boolean {
    return pods
        .flatMap(({ spec }) => spec?.containers ?? [])
        .flatMap(({ ports }) => ports ?? [])
        .some(({ name, containerPort }) => name === target || containerPort === target);
}
