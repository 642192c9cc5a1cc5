import type { PodObject, ServicePort } from "../../../shared/kubernetes/objects";
import { RECEIVER_PORTS, type CollectorProtocol } from "../../../shared/names/ports";

/** The protocol of a Service's port. Its target port takes precedence over its own number and name. */
export function protocolDeclared({ name, port, targetPort }: ServicePort): CollectorProtocol | undefined {
    return named(targetPort) ?? named(name) ?? named(port);
}

function named(mark: number | string | undefined): CollectorProtocol | undefined {
    if (typeof mark === "string") {
        if (/otlp-?grpc|grpc-?otlp/i.test(mark)) return "otlp-grpc";
        if (/otlp-?http|http-?otlp/i.test(mark)) return "otlp-http";
        return /zipkin/i.test(mark) ? "zipkin" : undefined;
    }
    const [usual] = Object.entries(RECEIVER_PORTS).find(([, number]) => number === mark) ?? [];
    return usual as CollectorProtocol | undefined;
}

/** The protocol that a Service's port is for, by its name and number, wherever it leads. */
export function protocolMeant({ name, port }: ServicePort): CollectorProtocol | undefined {
    return named(name) ?? named(port);
}

/** The protocol of a port of pods, by the name or number of a container's port. */
export function protocolAt(target: number | string, pods: PodObject[]): CollectorProtocol | undefined {
    const declared = pods.flatMap(({ spec }) => spec?.containers ?? []).flatMap(({ ports }) => ports ?? []);
    const found = declared.find(({ name, containerPort }) => name === target || containerPort === target);
    return named(found?.name) ?? named(found?.containerPort) ?? named(target);
}

/** The port of pods for a protocol, by its name or number. */
export function portTaking(protocol: CollectorProtocol, pods: PodObject[]): number | undefined {
    const declared = pods.flatMap(({ spec }) => spec?.containers ?? []).flatMap(({ ports }) => ports ?? []);
    return declared.find((one) => (named(one.name) ?? named(one.containerPort)) === protocol)?.containerPort;
}
