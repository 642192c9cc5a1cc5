import { checkCollectorInCluster } from "./clusterCollector";
import { subjectOf, type Finding } from "./finding";
import { at, listAt, textAt } from "../shared/values/plainObjects";
import { isKind, namespaceOf, nameOf, refOf, resourceName, type Manifest } from "../shared/kubernetes/manifest";
import { providerProtocol, type TracingProvider } from "./meshConfig";
import { describePort, portsOf, protocolOf } from "./servicePorts";
import { RECEIVER_PORTS } from "../shared/names/ports";

/** Where a provider sends spans. */
export interface CollectorTarget {
    host: string;
    port: number;
}

/** The address of a provider that names a service; undefined for one that does not. */
export function targetOf({ settings }: TracingProvider): CollectorTarget | undefined {
    const service = textAt(settings, "service");
    if (service === undefined) return undefined;
    return { host: service.slice(service.indexOf("/") + 1), port: Number(settings["port"]) };
}

/** Name and namespace of the Service behind a full name of the cluster; undefined for other hosts. */
export function serviceOf(host: string): { name: string; namespace: string } | undefined {
    const [name = "", namespace = "", svc] = host.split(".");
    return svc === "svc" ? { name, namespace } : undefined;
}

/**
 * A collector whose Service, among objects, does not serve the provider's port by the provider's protocol. Istio checks
 * none of this, and spans are lost without a word. Of a collector that is not among the objects nothing is said, unless
 * its namespace has another that looks like it.
 */
export function checkCollectorServed(provider: TracingProvider, objects: Manifest[]): Finding[] {
    const target = targetOf(provider);
    if (target === undefined) return [];
    const { host, port } = target;
    const entry = objects.find((object) => isServiceEntryFor(object, host));
    if (entry !== undefined) return checkServiceEntry(provider, entry, port);
    const named = serviceOf(host);
    if (named === undefined) return [];
    const services = objects.filter(
        (object) => isKind(object, "Service", "") && namespaceOf(object) === named.namespace,
    );
    const service = services.find((candidate) => nameOf(candidate) === named.name);
    if (service === undefined) return checkOtherName(provider, host, services);
    const protocol = providerProtocol(provider);
    const found = checkCollectorInCluster({
        ...{ host, port, protocol },
        service: { metadata: named, spec: { ports: portsOf(service) } },
        // Whether pods are ready tells only the cluster.
        endpointSlices: [],
    })
        .filter(({ id }) => id !== "collector-endpoints-ready")
        .map((finding) => ({ ...finding, object: refOf(service) }));
    return found.length > 0 ? found : checkOtherProtocol(service, port, protocol);
}

/** As the chart of Jaeger does, which names its Service after the release. */
function checkOtherName({ resource, object }: TracingProvider, host: string, services: Manifest[]): Finding[] {
    const usual: number[] = Object.values(RECEIVER_PORTS);
    const similar = services.filter((service) => portsOf(service).some(({ port }) => usual.includes(port)));
    if (similar.length === 0) return [];
    return [
        {
            id: "collector-service-exists",
            severity: "error",
            resource,
            object,
            expected: `a Service ${host}`,
            got: similar.map(resourceName).join(", "),
            cure: "Correct the provider's service, or give the collector's Service that name.",
        },
    ];
}

function checkOtherProtocol(service: Manifest, port: number, protocol: string): Finding[] {
    const served = portsOf(service).find((candidate) => candidate.port === port);
    if (served === undefined || protocol === "otlp-grpc") return [];
    const marked = protocolOf(served);
    const behind = Object.entries(RECEIVER_PORTS).find(([, usual]) => usual === served.targetPort)?.[0] ?? protocol;
    if (behind === protocol && marked !== "grpc") return [];
    return [
        {
            id: "collector-port-protocol",
            severity: "error",
            ...subjectOf(service),
            expected: `port ${String(port)} to take ${protocol}, as the provider sends it`,
            got: behind === protocol ? describePort(served) : `its target ${String(served.targetPort)}, of ${behind}`,
            cure: "Name the port that takes the protocol, or send by the protocol that the port takes.",
        },
    ];
}

function isServiceEntryFor(object: Manifest, host: string): boolean {
    const hosts = at(object, "spec", "hosts");
    return isKind(object, "ServiceEntry", "networking.istio.io") && Array.isArray(hosts) && hosts.includes(host);
}

function checkServiceEntry(provider: TracingProvider, entry: Manifest, port: number): Finding[] {
    const ports = listAt(entry, "spec", "ports");
    const served = ports.find((candidate) => candidate["number"] === port);
    const protocol = (textAt(served, "protocol") ?? "").toUpperCase();
    const right = providerProtocol(provider) === "otlp-grpc" ? ["GRPC", "HTTP2"] : ["HTTP", "HTTP2"];
    if (served !== undefined && right.includes(protocol)) return [];
    const has = ports.map((one) => `${String(one["number"])} ${String(one["protocol"])}`).join(", ");
    return [
        {
            id: "collector-port-protocol",
            severity: "error",
            ...subjectOf(entry),
            expected: `port ${String(port)} with protocol ${right.join(" or ")}`,
            got: has === "" ? "no ports" : has,
            cure: "Correct number and protocol of the port: by any other protocol the collector gets no span.",
        },
    ];
}
