import type { Manifest } from "../../shared/kubernetes/manifest";
import { RECEIVER_PORTS } from "../../shared/names/ports";
import { listAt, textAt } from "../../shared/values/plainObjects";
import { subjectOf, type Finding } from "../finding";
import { describePort, protocolOf, type portsOf } from "../mesh/servicePorts";
import { containersOf, podsBehind } from "../workload/podTemplates";

/** Protocols that providers send over gRPC. */
const BY_GRPC = ["otlp-grpc", "skywalking"];

type ServedPort = ReturnType<typeof portsOf>[number];

/** Reports a port of the collector that accepts another protocol than the provider sends. */
export function checkOtherProtocol(holder: Manifest, served: ServedPort, protocol: string): Finding[] {
    const behind = Object.entries(RECEIVER_PORTS).find(([, usual]) => usual === served.targetPort)?.[0] ?? protocol;
    const grpc = protocolOf(served) === "grpc" && !BY_GRPC.includes(protocol);
    if (behind === protocol && !grpc) return [];
    return [
        {
            id: "collector-port-protocol",
            severity: "error",
            ...subjectOf(holder),
            expected: `port ${String(served.port)} to accept ${protocol}, which the provider sends`,
            got:
                behind === protocol
                    ? describePort(served)
                    : `its target ${String(served.targetPort)}, which accepts ${behind}`,
            cure: "Name the port that accepts this protocol, or send the protocol that the port accepts.",
        },
    ];
}

/** Reports a named target port that no container of the pods has. The Service then has no endpoint for the port. */
export function checkTargetPort(
    holder: Manifest,
    namespace: string,
    service: Manifest,
    { port, targetPort }: ServedPort,
    objects: Manifest[],
): Finding[] {
    const pods = podsBehind(objects, namespace, service);
    if (pods === undefined || typeof targetPort !== "string" || /^\d+$/.test(targetPort)) return [];
    const names = containersOf(pods)
        .flatMap(({ container }) => listAt(container, "ports"))
        .flatMap((one) => textAt(one, "name") ?? []);
    if (names.includes(targetPort)) return [];
    return [
        {
            id: "collector-target-port",
            severity: "error",
            ...subjectOf(holder),
            expected: `the target of port ${String(port)} among the ports of ${pods.resource}`,
            got: `${targetPort}; the pods have ${names.length === 0 ? "no named ports" : names.join(", ")}`,
            cure: "Use the same name in targetPort and in the container's port. Otherwise the Service has no endpoint.",
        },
    ];
}
