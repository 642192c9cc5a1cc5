import { resourceName } from "../../shared/kubernetes/manifest";
import { itemsAt, mapAt } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import { providerProtocol, type TracingProvider } from "../mesh/configuration";
import { originatedTls } from "../mesh/destinationRules";
import { targetOf } from "./address";
import { flagFor } from "./commandLine";
import {
    isIpv4,
    isLocal,
    isOfTraces,
    isStarted,
    pipelinesWith,
    type CollectorConfig,
    type Receiver,
} from "./configuration";
import { checkCollectorMtls } from "./mtls";
import {
    addressOnAllInterfaces,
    findReceiverTarget,
    receiverFor,
    settingOf,
    type ReceiverTarget,
} from "./receiverTarget";
import { checkCollectorServed, type CollectorWorld } from "./service";

/** Protocols whose receivers the check can read from a configuration. */
const JUDGED = ["otlp-grpc", "otlp-http", "zipkin"];

/**
 * Reports a collector whose own configuration does not accept what its Service sends to it: nothing listens on that
 * port, or only on localhost, or only on IPv4 behind an IPv6 Service, or with TLS that sidecars do not start. The pod is still ready, because its probe uses
 * another port.
 */
export function checkCollectorReceiver(provider: TracingProvider, world: CollectorWorld): Finding[] {
    const target = targetOf(provider);
    const protocol = providerProtocol(provider);
    if (target === undefined || !JUDGED.includes(protocol)) return [];
    const reached = findReceiverTarget(provider, world);
    if (reached === undefined) return [];
    // Other rules report faults of the Service and of mTLS, which can cause this one.
    if (checkCollectorServed(provider, world).length > 0) return [];
    const { config } = reached;
    const receiver = receiverFor(protocol, reached);
    if (receiver === undefined) return checkListening(reached, protocol);
    const unreachable = whyUnreachable(receiver, reached);
    if (unreachable !== undefined) return [unreachableReceiver(receiver, unreachable, reached)];
    if (checkCollectorMtls(provider, world.objects).length > 0) return [];
    return checkTls(config, receiver, target.host, originatedTls(world.objects, target.host, target.port));
}

interface Unreachable {
    id: string;
    /** The address, and why no connection reaches it. */
    got: string;
}

function whyUnreachable({ host }: Receiver, { ipv6Service }: ReceiverTarget): Unreachable | undefined {
    if (host === undefined) return undefined;
    if (isLocal(host)) return { id: "collector-receiver-local", got: `${host}, which only the pod itself can reach` };
    if (ipv6Service === undefined || !isIpv4(host)) return undefined;
    const got = `${host}, which is IPv4 only, and ${resourceName(ipv6Service)} has only IPv6 addresses`;
    return { id: "collector-receiver-ipv4", got };
}

/** A receiver that listens where no sidecar reaches it, with the place of its address. */
function unreachableReceiver(receiver: Receiver, { id, got }: Unreachable, reached: ReceiverTarget): Finding {
    const { config, pods, targetPort } = reached;
    const setting = settingOf(receiver, reached);
    const expected = `${receiver.path} listening on the pod's address, which the Service targets`;
    if (setting === undefined || pods === undefined)
        return finding(config, id, {
            expected,
            got,
            cure: `Set endpoint: ":${String(targetPort)}" there, to listen on every address.`,
        });
    const { container, list, name, value } = setting;
    return {
        ...{
            id,
            severity: "error",
            resource: pods.resource,
            object: pods.object,
            expected,
        },
        got: `${name}${value} in ${list} of the container ${container}: ${got}`,
        cure: `Set ${name}${addressOnAllInterfaces(setting, reached)} there, to listen on every address.`,
    };
}

function checkListening(reached: ReceiverTarget, protocol: string): Finding[] {
    const { config, receivers, targetPort } = reached;
    const started = receivers.filter((one) => isStarted(one, config));
    // A variable may set this very address.
    if (started.some(({ port }) => port === undefined)) return [];
    const unused = receivers.find((one) => one.port === targetPort && one.protocol === protocol);
    if (unused !== undefined) return [withoutPipeline(unused, config)];
    const there = started.map((one) => `${one.protocol} at ${String(one.port)}`).join(", ");
    return [
        finding(config, "collector-receiver-port", {
            expected: `a receiver of ${protocol} at port ${String(targetPort)}, which the Service targets`,
            got: there === "" ? "no receiver of spans in a pipeline" : there,
            cure:
                config.isFlags === true
                    ? `Set ${flagFor(protocol)} of Jaeger to ":${String(targetPort)}", or point the Service to the ` +
                      `port that accepts ${protocol}.`
                    : "Use the same port in the Service's targetPort and in the receiver's endpoint, and name the receiver in a pipeline.",
        }),
    ];
}

/** A receiver that is declared, but that no pipeline of traces names: the collector does not start it for spans. */
function withoutPipeline({ name, path, protocol, port }: Receiver, config: CollectorConfig): Finding {
    const others = pipelinesWith(name, config);
    const pipelines = Object.keys(mapAt(config.config, "service", "pipelines"));
    const [pipeline] = pipelines.filter(isOfTraces);
    const key = `service.pipelines.${pipeline ?? "traces"}.receivers`;
    const named = itemsAt(config.config, "service", "pipelines", pipeline ?? "traces", "receivers").map(String);
    return finding(config, "collector-receiver-unused", {
        expected: `the receiver ${name} in ${key}, because sidecars send ${protocol} to port ${String(port)}`,
        got:
            `${path} is declared, but ` +
            `${others.length === 0 ? "no pipeline names it, so the collector does not start it" : `only the pipeline ${others.join(", ")} names it, so it accepts no spans`}; ` +
            (pipeline === undefined ? "there is no pipeline of traces" : `${key} is ${named.join(", ") || "empty"}`),
        cure:
            pipeline === undefined
                ? `Add a pipeline traces with the receiver ${name} and an exporter that stores or forwards spans. The collector reads its configuration only when it starts, so restart its pods.`
                : `Add ${name} to ${key}. The collector reads its configuration only when it starts, so restart its pods.`,
    });
}

function checkTls(
    config: CollectorConfig,
    { path, tls }: Receiver,
    host: string,
    started: "SIMPLE" | "MUTUAL" | undefined,
): Finding[] {
    const wanted = { none: undefined, server: "SIMPLE", mutual: "MUTUAL" } as const;
    // A server that requires no certificate also accepts a client that presents one.
    if (started === wanted[tls] || (tls === "server" && started === "MUTUAL")) return [];
    const right = wanted[tls];
    return [
        finding(config, "collector-receiver-tls", {
            expected:
                right === undefined
                    ? `tls in ${path}, because sidecars start TLS for ${host}`
                    : `sidecars that start TLS for ${host}, because ${path} requires it`,
            got:
                right === undefined
                    ? `no tls there, and a DestinationRule with mode ${started ?? ""}`
                    : (started ?? "plain text, because no DestinationRule starts TLS"),
            cure:
                right === undefined
                    ? "Set tls there, or remove tls from the DestinationRule: inside the mesh, mTLS already encrypts."
                    : `Add a DestinationRule for ${host} with tls: { mode: ${right} }, or remove tls from the receiver.`,
        }),
    ];
}

function finding({ subject }: CollectorConfig, id: string, words: Pick<Finding, "expected" | "got" | "cure">): Finding {
    return { id, severity: "error", ...subject, ...words };
}
