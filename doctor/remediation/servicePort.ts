import type { PodObject, ServiceObject } from "../../shared/kubernetes/objects";
import { targetPortOf } from "../../shared/kubernetes/services";
import { portTaking, protocolAt, protocolMeant } from "../analyzers/export/portProtocols";
import { patchCommand, type Command, type Operation } from "./commands";

/** Marks a Service's port with its protocol. */
export function markPort(service: ServiceObject, index: number, protocol: "grpc" | "http"): Command {
    return patchCommand("service", service, [
        { op: "add", path: `/spec/ports/${String(index)}/appProtocol`, value: protocol },
    ]);
}

/** Sets a Service's target port to another port of its pods. */
export function leadTo(service: ServiceObject, port: number, targetPort: number): Command[] {
    return [patchCommand("service", service, [replaceTarget(service, { port, right: targetPort })])];
}

/** A port of a collector's Service that leads to a receiver of another protocol, and the port of its pods that is right. */
export interface MisledPort {
    port: number;
    protocol: string;
    right: number;
}

/** The ports of a collector's Service whose name or number says another protocol than that of their target. */
export function misledPorts(service: ServiceObject | undefined, pods: PodObject[]): MisledPort[] {
    return (service?.spec?.ports ?? []).flatMap((served): MisledPort[] => {
        const protocol = protocolMeant(served);
        const taken = protocolAt(targetPortOf(service, served.port), pods);
        const right = protocol && portTaking(protocol, pods);
        return protocol === undefined || right === undefined || taken === undefined || taken === protocol
            ? []
            : [{ port: served.port, protocol, right }];
    });
}

/** Leads each of these ports to the receiver of its own protocol. */
export function restoreTargets(service: ServiceObject, ports: MisledPort[]): { commands: Command[]; cure: string } {
    const each = ports.map(
        ({ port, protocol, right }) =>
            `port ${String(port)} to ${String(right)} of its pods, which accepts ${protocol}`,
    );
    return {
        cure: `Set targetPort of the Service's ${each.join(", and of its ")}.`,
        commands: [
            patchCommand(
                "service",
                service,
                ports.map((one) => replaceTarget(service, one)),
            ),
        ],
    };
}

function replaceTarget(service: ServiceObject, { port, right }: Pick<MisledPort, "port" | "right">): Operation {
    const index = (service.spec?.ports ?? []).findIndex((candidate) => candidate.port === port);
    return { op: "replace", path: `/spec/ports/${String(index)}/targetPort`, value: right };
}
