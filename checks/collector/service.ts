import { namespaceOf, nameOf, resourceName, type Manifest } from "../../shared/kubernetes/manifest";
import { RECEIVER_PORTS } from "../../shared/names/ports";
import type { ParseYaml } from "../../shared/values/parseYaml";
import { textAt } from "../../shared/values/plainObjects";
import { checkCollectorInCluster } from "../cluster/collectorAddress";
import { subjectOf, type Finding } from "../finding";
import { chartsOf } from "../manifest/charts";
import { providerProtocol, readMeshConfigs, tracingProvidersOf, type TracingProvider } from "../mesh/configuration";
import { portOwner } from "../mesh/portOwner";
import { grpcFinding, lacksGrpcMark, portsOf } from "../mesh/servicePorts";
import { isHeadless, lookUp, readRegistry, type RegistryEntry, type ServiceRegistry } from "../mesh/serviceRegistry";
import { checkCollectorName } from "../telemetry/tracingProviders";
import { serviceNamed, serviceOf, targetOf, type CollectorTarget } from "./address";
import { checkCapturedHttps, checkCollectorEntry } from "./serviceEntry";
import { checkOtherProtocol, checkTargetPort } from "./servicePort";

/** The objects that rules about collectors use, read once. */
export interface CollectorWorld {
    objects: Manifest[];
    registry: ServiceRegistry;
    /** The providers of every mesh. */
    providers: TracingProvider[];
    parseYaml: ParseYaml;
}

/** Reads the providers, and the hosts that they can name. */
export function readCollectorWorld(objects: Manifest[], parseYaml: ParseYaml): CollectorWorld {
    const providers = readMeshConfigs(objects, parseYaml).flatMap(tracingProvidersOf);
    return { objects, registry: readRegistry(objects, parseYaml), providers, parseYaml };
}

/**
 * Reports a collector that sidecars cannot reach as the provider names it: istiod finds none or several, or builds no
 * cluster for it; or the collector does not serve the port, or expects another protocol there. Istio checks none of
 * this, and spans are lost silently. A collector that is not among the objects is not reported, unless its namespace
 * contains a similar one.
 */
export function checkCollectorServed(provider: TracingProvider, world: CollectorWorld): Finding[] {
    const target = targetOf(provider);
    const named = serviceNamed(provider);
    if (target === undefined || named === undefined) return [];
    const found = lookUp(world.registry, named);
    switch (found.outcome) {
        case "unknown":
            // One fault is one finding: another rule reports invalid names.
            return checkCollectorName(provider, world.registry).length > 0
                ? []
                : checkOtherName(provider, target, world);
        case "ambiguous":
            return [ambiguous(provider, target, found.entries)];
        case "elsewhere":
            return [elsewhere(provider, target, found.entries)];
        case "found": {
            const { entry } = found;
            return entry.service === undefined
                ? checkCollectorEntry(provider, target, entry.object, world.objects)
                : checkService(provider, target, { ...entry, service: entry.service }, world.objects);
        }
    }
}

/** Reports spans sent to an external host's HTTPS port: see `checkCapturedHttps`. */
export function checkCollectorPortOwn(provider: TracingProvider, { objects, registry }: CollectorWorld): Finding[] {
    const target = targetOf(provider);
    const found = lookUp(registry, serviceNamed(provider) ?? "");
    if (target === undefined || found.outcome !== "found" || found.entry.service !== undefined) return [];
    return checkCapturedHttps(target, found.entry.object, objects);
}

function ambiguous(
    { resource, object }: TracingProvider,
    { host }: CollectorTarget,
    entries: RegistryEntry[],
): Finding {
    const holders = entries.map((entry) => resourceName(entry.object)).join(" and ");
    const entry = entries.find(({ service }) => service === undefined);
    const home = entries.find(({ service }) => service !== undefined) ?? entries[0];
    const pinned = `write the provider's service as ${home?.namespace ?? ""}/${host}`;
    return {
        ...{ id: "collector-host-ambiguous", severity: "error", resource, object },
        expected: `the host ${host} in only one namespace`,
        got: `${holders}: istiod uses none of them, so nothing is traced`,
        cure:
            entry === undefined || home?.service === undefined
                ? `Delete all but one, or ${pinned}.`
                : `Delete ${resourceName(entry.object)}, because a Service of the cluster needs no ServiceEntry, or ${pinned}.`,
    };
}

function elsewhere(
    { resource, object }: TracingProvider,
    { host }: CollectorTarget,
    entries: RegistryEntry[],
): Finding {
    const namespaces = entries.map(({ namespace }) => namespace);
    return {
        ...{ id: "collector-namespace", severity: "error", resource, object },
        expected: `the host ${host} in the namespace that the provider names before the slash`,
        got: entries.map((entry) => resourceName(entry.object)).join(", "),
        cure: `Write ${namespaces.map((namespace) => `${namespace}/${host}`).join(" or ")}, or omit the namespace.`,
    };
}

type ServiceEntryOfRegistry = RegistryEntry & { service: Manifest };

function checkService(
    provider: TracingProvider,
    { host, port }: CollectorTarget,
    { object, service, namespace }: ServiceEntryOfRegistry,
    objects: Manifest[],
): Finding[] {
    if (textAt(service, "spec", "type") === "ExternalName") return [alias(provider, service, port)];
    if (isHeadless(service)) return [headless(provider, object, service)];
    const protocol = providerProtocol(provider);
    const served = portsOf(service).find((candidate) => candidate.port === port);
    const found = checkCollectorInCluster({
        ...{ host, port, protocol },
        service: { metadata: { name: nameOf(service), namespace }, spec: { ports: portsOf(service) } },
        // Only the cluster knows whether pods are ready.
        endpointSlices: [],
    }).filter(({ id }) => id !== "collector-endpoints-ready");
    const subject = subjectOf(object);
    if (served === undefined) {
        const home = portOwner(object, "port");
        const cure = home && `Correct the provider's port, or add port ${String(port)} in ${home}.`;
        return found.map((finding) => ({ ...finding, ...subject, ...(cure !== undefined && { cure }) }));
    }
    // Another rule checks well-known OTLP ports of every Service, used or not.
    if (found.length > 0 && object === service && lacksGrpcMark(served)) return [];
    if (found.length > 0)
        return [{ ...grpcFinding(subject.resource, served, portOwner(object, "protocol")), ...subject }];
    const other = checkOtherProtocol(object, served, protocol);
    return other.length > 0 ? other : checkTargetPort(object, namespace, service, served, objects);
}

function alias({ resource, object, ...provider }: TracingProvider, service: Manifest, port: number): Finding {
    const real = textAt(service, "spec", "externalName") ?? "";
    const refused =
        providerProtocol({ resource, object, ...provider }) === "zipkin" ? ", and Envoy rejects every listener" : "";
    return {
        ...{ id: "collector-external-name", severity: "error", resource, object },
        expected: "a Service that selects pods, because istiod builds no cluster for type ExternalName",
        got: `${resourceName(service)}, an alias of ${real}${refused}`,
        cure:
            serviceOf(real) === undefined
                ? `Add a ServiceEntry with the host ${real}, and name that in the provider.`
                : `Name ${real}, port ${String(port)}, in the provider, and delete the alias.`,
    };
}

function headless({ resource, object }: TracingProvider, holder: Manifest, service: Manifest): Finding {
    const made = holder !== service;
    return {
        ...{ id: "collector-headless", severity: "error", resource, object },
        expected:
            "a Service with a cluster IP, because sidecars have no address of a headless Service for their own calls",
        got: `Service ${namespaceOf(service)}/${nameOf(service)} with clusterIP: None`,
        cure: made
            ? `Name ${nameOf(service).replace(/-headless$/, "")}, which the operator creates as well.`
            : "Delete it and create it again without clusterIP: None, which cannot be changed in place. Envoy balances gRPC by itself.",
    };
}

/**
 * The Service that was probably meant: another one in the namespace that accepts spans, or one of that name in another
 * namespace.
 */
function checkOtherName(
    { resource, object }: TracingProvider,
    { host, port }: CollectorTarget,
    { objects, registry, providers }: CollectorWorld,
): Finding[] {
    const named = serviceOf(host);
    if (named === undefined) return [];
    // A chart may create the Service.
    if (objects.flatMap(chartsOf).some(({ namespace }) => namespace === named.namespace)) return [];
    const usual = [...Object.values(RECEIVER_PORTS), port];
    // Jaeger's chart names its Service after the release. Or the name is right, but the namespace is wrong.
    const looksLike = (service: Manifest): boolean =>
        textAt(service, "metadata", "namespace") !== undefined &&
        (namespaceOf(service) === named.namespace || nameOf(service) === named.name);
    const taken = providers.map(targetOf).map((target) => target && serviceOf(target.host));
    const similar = [...registry.values()]
        .flat()
        .flatMap(({ service }) => (service === undefined ? [] : [service]))
        .filter((service) => looksLike(service) && !isHeadless(service))
        .filter((service) => portsOf(service).some(({ port }) => usual.includes(port)))
        // A Service that another provider uses is not the intended one.
        .filter(
            (service) => !taken.some((one) => one?.name === nameOf(service) && one.namespace === namespaceOf(service)),
        );
    if (similar.length === 0) return [];
    return [
        {
            ...{ id: "collector-service-exists", severity: "error", resource, object },
            expected: `a Service ${host}`,
            got: similar.map(resourceName).join(", "),
            cure: "Correct the provider's service, or give the collector's Service that name.",
        },
    ];
}
