import { itemsOf } from "../../shared/cluster/facts";
import type { Manifest, ObjectName } from "../../shared/kubernetes/manifest";
import type { ServiceObject } from "../../shared/kubernetes/objects";
import { secondsOf } from "../../shared/values/duration";
import { itemsAt, mapAt, textAt } from "../../shared/values/plainObjects";
import type { CollectorFile } from "./collectorPipelines";
import { kindOf, pipelinesOf } from "./collectorPipelines";
import type { Discovery } from "./objects";

/** Exporters that send spans to the next collector. */
export const FORWARDING = ["otlp", "otlphttp", "otlp_grpc", "otlp_http", "zipkin"];
/** Exporters that send all spans of a trace to one of several collectors. */
export const BALANCING = ["loadbalancing", "load_balancing"];

/** The Service of an endpoint, as DNS finds it from a pod of a namespace. */
export function serviceAt(
    endpoint: string,
    home: string,
    { services }: Pick<Discovery, "services">,
): ServiceObject | undefined {
    const host = endpoint
        .replace(/^\w+:\/\/\/?/, "")
        .replace(/[/?].*$/s, "")
        .replace(/:\d+$/, "");
    const [name, namespace = home, svc = "svc"] = host.split(".");
    if (svc !== "svc") return undefined;
    return itemsOf(services).find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
}

/** Services to which the traces pipelines of a configuration send spans, those of balancing exporters first. */
export function nextServices({ config, configMap }: CollectorFile, discovery: Discovery): ServiceObject[] {
    const home = configMap.metadata.namespace ?? "";
    const names = [...new Set(pipelinesOf(config).flatMap(({ exporters }) => exporters))];
    const endpoints = [
        ...names.filter((name) => BALANCING.includes(kindOf(name))).flatMap((name) => balanced(config, name)),
        ...names
            .filter((name) => FORWARDING.includes(kindOf(name)))
            .flatMap((name) => {
                const settings = mapAt(config, "exporters", name);
                return textAt(settings, "endpoint") ?? textAt(settings, "traces_endpoint") ?? [];
            }),
    ];
    return endpoints.flatMap((endpoint) => serviceAt(endpoint, home, discovery) ?? []);
}

/** The Services to which a balancing exporter sends spans. */
export function balancedServices(
    { config, configMap }: CollectorFile,
    name: string,
    discovery: Discovery,
): ServiceObject[] {
    const home = configMap.metadata.namespace ?? "";
    return balanced(config, name).flatMap((endpoint) => serviceAt(endpoint, home, discovery) ?? []);
}

function balanced(config: Manifest, name: string): string[] {
    const resolver = mapAt(config, "exporters", name, "resolver");
    const found = textAt(resolver, "k8s", "service") ?? textAt(resolver, "dns", "hostname");
    return found === undefined ? itemsAt(resolver, "static", "hostnames").map(String) : [found];
}

/** The Services whose endpoints the balancing exporters of a configuration get from the API server. */
export function watchedServices({ config, configMap }: CollectorFile): ObjectName[] {
    const names = [...new Set(pipelinesOf(config).flatMap(({ exporters }) => exporters))];
    return names
        .filter((name) => BALANCING.includes(kindOf(name)))
        .flatMap((name) => textAt(config, "exporters", name, "resolver", "k8s", "service") ?? [])
        .map((service) => {
            const [name = "", namespace = configMap.metadata.namespace ?? ""] = service.split(".");
            return { name, namespace };
        });
}

/** Seconds for which a configuration holds spans until it has decided about their trace. */
export function decisionSeconds({ config }: CollectorFile): number {
    const waits = pipelinesOf(config)
        .flatMap(({ processors }) => processors)
        .filter((name) => kindOf(name) === "tail_sampling")
        .map((name) => secondsOf(textAt(config, "processors", name, "decision_wait") ?? "30s"));
    return Math.max(0, ...waits);
}
