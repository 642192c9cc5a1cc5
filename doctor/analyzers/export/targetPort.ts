import type { CollectorTarget } from "../../inventory/collector";
import { fullName } from "../../inventory/mesh";
import { leadTo } from "../../remediation/servicePort";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { portTaking, protocolSent } from "./protocol";

const make = draftFor("export");

/** A targetPort that is the name of no port of the collector's pods: then the Service has no endpoints for its port. */
export function targetPortUnnamed(
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const { service, pods, port } = collector;
    const served = service?.spec?.ports?.find((candidate) => candidate.port === port);
    const target = served?.targetPort;
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
        got: `${target}, the name of no port of its pods: port ${String(port)} has no endpoints`,
        cure: "Lead the port to the collector's receiver.",
        commands: right === undefined ? [] : leadTo(service, port, right),
        values,
    });
}

/** A targetPort that no container of the collector declares, while one declares that of the receiver. */
export function wrongTargetPort(collector: CollectorTarget, values: Record<string, string>): DoctorFinding | undefined {
    const { service, port } = collector;
    const target = service?.spec?.ports?.find((candidate) => candidate.port === port)?.targetPort ?? port;
    const right = rightTarget(collector);
    if (service === undefined || isDeclared(target, collector) || right === undefined) return undefined;
    return make({
        id: "collector-target-port",
        resource: `Service ${fullName(service)}`,
        expected: `targetPort ${String(right)}, which its pods declare`,
        got: `${String(target)}, on which nothing listens`,
        cure: "Lead the port to the collector's receiver.",
        commands: leadTo(service, port, right),
        values,
    });
}

/** The Service's own port where its pods declare that, else the one that is for what is sent. */
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
