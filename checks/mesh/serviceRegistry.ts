import { isKind, namespaceOf, nameOf, type Manifest } from "../../shared/kubernetes/manifest";
import type { ParseYaml } from "../../shared/values/parseYaml";
import { at, textAt } from "../../shared/values/plainObjects";
import { servicesMadeBy } from "./operatorServices";

/** A host in istiod's registry, from one object of one namespace. */
export interface RegistryEntry {
    namespace: string;
    /** The object that a user wrote: a Service, a ServiceEntry, or the operator's object that creates the Service. */
    object: Manifest;
    /** The Service; undefined for a ServiceEntry. */
    service: Manifest | undefined;
}

/** The result of istiod's lookup of a provider's `service`. */
export type LookedUp =
    | { outcome: "found"; entry: RegistryEntry }
    /** Several namespaces have the host, and the provider names no namespace. istiod then uses none of them. */
    | { outcome: "ambiguous"; entries: RegistryEntry[] }
    /** The provider names a namespace, but only other namespaces have the host. */
    | { outcome: "elsewhere"; entries: RegistryEntry[] }
    /** No object has the host. Something that is not among the objects may create it. */
    | { outcome: "unknown" };

/** Every host that objects add to istiod's registry. */
export type ServiceRegistry = ReadonlyMap<string, RegistryEntry[]>;

/** Reads the hosts of Services, including those that operators create, and of ServiceEntries. */
export function readRegistry(objects: Manifest[], parseYaml: ParseYaml): ServiceRegistry {
    const registry = new Map<string, RegistryEntry[]>();
    const add = (host: string, entry: RegistryEntry): void => {
        registry.set(host, [...(registry.get(host) ?? []), entry]);
    };
    for (const object of objects) {
        const namespace = namespaceOf(object);
        const services = isKind(object, "Service", "") ? [object] : servicesMadeBy(object, parseYaml);
        for (const service of services) add(`${nameOf(service)}.${namespace}.svc`, { namespace, object, service });
        const hosts = isKind(object, "ServiceEntry", "networking.istio.io") ? at(object, "spec", "hosts") : [];
        for (const host of new Set(Array.isArray(hosts) ? hosts.map(String) : []))
            add(keyOf(host), { namespace, object, service: undefined });
    }
    return registry;
}

/**
 * Looks up a provider's `service` (`HOST` or `NAMESPACE/HOST`) as istiod does, ignoring `exportTo`. Within a namespace,
 * a Service takes precedence over a ServiceEntry.
 *
 * Source: https://github.com/istio/istio/blob/1.31.1/pilot/pkg/model/telemetry.go (LookupCluster)
 */
export function lookUp(registry: ServiceRegistry, service: string): LookedUp {
    const slash = service.indexOf("/");
    const entries = registry.get(keyOf(service.slice(slash + 1))) ?? [];
    const [first, ...others] = [...new Set(entries.map(({ namespace }) => namespace))].flatMap((namespace) => {
        const here = entries.filter((entry) => entry.namespace === namespace);
        return here.find((entry) => entry.service !== undefined) ?? here.slice(0, 1);
    });
    if (first === undefined) return { outcome: "unknown" };
    const all = [first, ...others];
    if (slash >= 0) {
        const entry = all.find(({ namespace }) => namespace === service.slice(0, slash));
        return entry === undefined ? { outcome: "elsewhere", entries: all } : { outcome: "found", entry };
    }
    return others.length === 0 ? { outcome: "found", entry: first } : { outcome: "ambiguous", entries: all };
}

/** Ignores the cluster's domain. A host with a trailing dot is a different one, which istiod does not know. */
function keyOf(host: string): string {
    return host.endsWith(".") ? host : host.replace(/^([^.]+\.[^.]+\.svc)\..+$/, "$1");
}

/** True for a Service without an address of its own. */
export function isHeadless(service: Manifest): boolean {
    return textAt(service, "spec", "clusterIP") === "None" && textAt(service, "spec", "type") !== "ExternalName";
}
