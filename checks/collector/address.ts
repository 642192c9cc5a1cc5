import { textAt } from "../../shared/values/plainObjects";
import type { TracingProvider } from "../mesh/configuration";

/** The address to which a provider sends spans. */
export interface CollectorTarget {
    host: string;
    port: number;
}

/** The service as the provider names it; undefined if it names none, or if the value is a template. */
export function serviceNamed({ settings }: Pick<TracingProvider, "settings">): string | undefined {
    const service = textAt(settings, "service");
    return service === undefined || /\{\{|\$\{/.test(service) ? undefined : service;
}

/** The address of a provider that names a service; undefined otherwise. */
export function targetOf(provider: Pick<TracingProvider, "settings">): CollectorTarget | undefined {
    const service = serviceNamed(provider);
    const { settings } = provider;
    if (service === undefined) return undefined;
    return { host: service.slice(service.indexOf("/") + 1), port: Number(settings["port"]) };
}

/** Name and namespace of the Service behind a cluster-internal full name; undefined for other hosts. */
export function serviceOf(host: string): { name: string; namespace: string } | undefined {
    const [name = "", namespace = "", svc, ...domain] = host.split(".");
    return svc === "svc" && domain.at(-1) !== "" ? { name, namespace } : undefined;
}
