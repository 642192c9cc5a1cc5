import { isKind, nameOf, namespaceOf, type Manifest } from "../../shared/kubernetes/manifest";
import { listAt, textAt } from "../../shared/values/plainObjects";
import { type Finding } from "../finding";
import { providerProtocol, type TracingProvider } from "../mesh/configuration";
import { originatedTls } from "../mesh/destinationRules";
import { portsOf } from "../mesh/servicePorts";
import { lookUp } from "../mesh/serviceRegistry";
import { imageTag } from "../workload/images";
import { containersOf, podsBehind, type PodTemplate } from "../workload/podTemplates";
import { serviceNamed, targetOf } from "./address";
import {
    collectorConfigsOf,
    isLocal,
    receiversOf,
    type CollectorConfig,
    type Receiver,
    type VariableOf,
} from "./configuration";
import { checkCollectorMtls } from "./mtls";
import { checkCollectorServed, type CollectorWorld } from "./service";

/** The receiver that a provider's Service targets. */
interface ReceiverTarget {
    config: CollectorConfig;
    receivers: Receiver[];
    /** Port of the pod that the Service targets. */
    targetPort: number;
}

/** Protocols whose receivers the check can read from a configuration. */
const JUDGED = ["otlp-grpc", "otlp-http", "zipkin"];

/**
 * Reports a collector whose own configuration does not accept what its Service sends to it: nothing listens on that
 * port, or only on localhost, or with TLS that sidecars do not start. The pod is still ready, because its probe uses
 * another port.
 */
export function checkCollectorReceiver(provider: TracingProvider, world: CollectorWorld): Finding[] {
    const target = targetOf(provider);
    const protocol = providerProtocol(provider);
    if (target === undefined || !JUDGED.includes(protocol)) return [];
    const reached = reach(provider, world, target.port);
    if (reached === undefined) return [];
    // Other rules report faults of the Service and of mTLS, which can cause this one.
    if (checkCollectorServed(provider, world).length > 0) return [];
    const { config, receivers, targetPort } = reached;
    const receiver = receivers.find((one) => one.port === targetPort && one.protocol === protocol);
    if (receiver === undefined) return checkListening(reached, protocol);
    if (receiver.host !== undefined && isLocal(receiver.host)) {
        return [
            finding(config, "collector-receiver-local", {
                expected: `${receiver.path} listening on the pod's address, which the Service targets`,
                got: `${receiver.host}, which only the pod itself can reach`,
                cure: `Set endpoint: ":${String(targetPort)}" there, to listen on every address.`,
            }),
        ];
    }
    if (checkCollectorMtls(provider, world.objects).length > 0) return [];
    return checkTls(config, receiver, target.host, originatedTls(world.objects, target.host, target.port));
}

function checkListening({ config, receivers, targetPort }: ReceiverTarget, protocol: string): Finding[] {
    // A variable may set this very address.
    if (receivers.some(({ port }) => port === undefined)) return [];
    const there = receivers.map((one) => `${one.protocol} at ${String(one.port)}`).join(", ");
    return [
        finding(config, "collector-receiver-port", {
            expected: `a receiver of ${protocol} at port ${String(targetPort)}, which the Service targets`,
            got: there === "" ? "no receiver of spans in a pipeline" : there,
            cure: "Use the same port in the Service's targetPort and in the receiver's endpoint, and name the receiver in a pipeline.",
        }),
    ];
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

function reach(
    provider: TracingProvider,
    { objects, registry, parseYaml }: CollectorWorld,
    port: number,
): ReceiverTarget | undefined {
    const found = lookUp(registry, serviceNamed(provider) ?? "");
    if (found.outcome !== "found" || found.entry.service === undefined) return undefined;
    const { object, service, namespace } = found.entry;
    const served = portsOf(service).find((one) => one.port === port);
    if (served === undefined) return undefined;
    if (object !== service) {
        const [config] = collectorConfigsOf(object, parseYaml);
        if (config === undefined) return undefined;
        const receivers = receiversOf(config, "0.0.0.0", () => undefined);
        return { config, receivers, targetPort: Number(served.targetPort ?? port) };
    }
    const pods = podsBehind(objects, namespace, service);
    const configs =
        pods === undefined
            ? []
            : configsOf(pods, namespace, objects).flatMap((one) => collectorConfigsOf(one, parseYaml));
    const [config, ...others] = configs;
    const targetPort = pods === undefined ? undefined : containerPort(pods, served.targetPort ?? port);
    if (pods === undefined || config === undefined || others.length > 0 || targetPort === undefined) return undefined;
    return { config, receivers: receiversOf(config, listenHost(pods), variablesOf(pods)), targetPort };
}

/** The ConfigMaps that pods mount as files. */
function configsOf({ spec }: PodTemplate, namespace: string, objects: Manifest[]): Manifest[] {
    const names = listAt(spec, "volumes").flatMap((volume) => [
        textAt(volume, "configMap", "name"),
        ...listAt(volume, "projected", "sources").map((source) => textAt(source, "configMap", "name")),
    ]);
    return objects.filter(
        (object) =>
            isKind(object, "ConfigMap", "") && namespaceOf(object) === namespace && names.includes(nameOf(object)),
    );
}

function containerPort(pods: PodTemplate, targetPort: unknown): number | undefined {
    if (typeof targetPort === "number") return targetPort;
    const ports = containersOf(pods).flatMap(({ container }) => listAt(container, "ports"));
    const found = ports.find((port) => port["name"] === targetPort)?.["containerPort"];
    return typeof found === "number" ? found : undefined;
}

/** The first release whose receivers listen on localhost by default: 0.104. */
const LOCAL_SINCE = 104;

/** The address on which receivers without an endpoint listen. */
function listenHost(pods: PodTemplate): string {
    const images = containersOf(pods).map(({ container }) => textAt(container, "image") ?? "");
    const minors = images
        .filter((image) => image.includes("opentelemetry-collector"))
        .map((image) => /^v?0\.(\d+)\./.exec(imageTag(image) ?? "")?.[1]);
    return minors.some((minor) => minor !== undefined && Number(minor) < LOCAL_SINCE) ? "0.0.0.0" : "localhost";
}

/** Variables of the containers, and the one that Jaeger's image sets. */
function variablesOf(pods: PodTemplate): VariableOf {
    const containers = containersOf(pods);
    return (name) => {
        const set = containers
            .flatMap(({ container }) => listAt(container, "env"))
            .find((variable) => variable["name"] === name);
        if (set !== undefined) return textAt(set, "value");
        const ofJaeger = containers.some(({ container }) =>
            /jaegertracing\/jaeger/.test(textAt(container, "image") ?? ""),
        );
        if (name === "JAEGER_LISTEN_HOST" && ofJaeger) return "0.0.0.0";
        // Variables from a whole ConfigMap or Secret (envFrom) are unknown here.
        return containers.some(({ container }) => listAt(container, "envFrom").length > 0) ? undefined : null;
    };
}

function finding({ subject }: CollectorConfig, id: string, words: Pick<Finding, "expected" | "got" | "cure">): Finding {
    return { id, severity: "error", ...subject, ...words };
}
