import { textAt } from "../../shared/values/plainObjects";
import type { TracingProvider } from "../mesh/configuration";

/** Where a provider sends spans. */
export interface CollectorTarget {
    host: string;
    port: number;
}

/** The service that a provider names, as it does; undefined for one that names none, or that a template is to fill in. */
export function serviceNamed({ settings }: Pick<TracingProvider, "settings">): string | undefined {
    const service = textAt(settings, "service");
    return service === undefined || /\{\{|\$\{/.test(service) ? undefined : service;
}

/** The address of a provider that names a service; undefined for one that does not. */
export function targetOf(provider: Pick<TracingProvider, "settings">): CollectorTarget | undefined {
    const service = serviceNamed(provider);
    const { settings } = provider;
    if (service === undefined) return undefined;
    return { host: service.slice(service.indexOf("/") + 1), port: Number(settings["port"]) };
}

/** Name and namespace of the Service behind a full name of the cluster; undefined for other hosts. */
export function serviceOf(host: string): { name: string; namespace: string } | undefined {
    const [name = "", namespace = "", svc, ...domain] = host.split(".");
    return svc === "svc" && domain.at(-1) !== "" ? { name, namespace } : undefined;
}
