import { serviceNamed, targetOf } from "../collector/address";
import type { Finding } from "../finding";
import { checkOtlpHttp } from "../telemetry/tracingProviders";
import { providerProtocol, type TracingProvider } from "./configuration";

/** The collector of a stack, as a provider of the mesh must name it. */
export interface WantedCollector {
    /** Full name of a Service, or the host of a ServiceEntry. */
    host: string;
    port: number;
    /** Such as `otlp-grpc`. */
    protocol: string;
    /** True if only a ServiceEntry of this program adds the host to the mesh, in the root namespace. */
    isOutside: boolean;
}

/**
 * Reports a provider that sends spans elsewhere than to the collector of the stack, by another protocol, or by a name
 * that istiod does not resolve: it knows full names only, `HOST` or `NAMESPACE/HOST`.
 */
export function checkProviderTarget(
    provider: TracingProvider,
    collector: WantedCollector,
    rootNamespace: string,
    resource: string,
): Finding[] {
    const about = { severity: "error" as const, resource: `${resource} provider ${provider.name}` };
    const wanted = `${collector.host}:${String(collector.port)}`;
    const target = targetOf(provider);
    const service = serviceNamed(provider) ?? "";
    const change = `Change service and port of the provider in the source that Istio's installer uses`;
    if (target === undefined || target.host !== collector.host || target.port !== collector.port) {
        const isShort = target !== undefined && isShortOf(target.host, collector.host);
        const shown = target === undefined ? "no service" : `${service}:${String(target.port)}`;
        return [
            {
                id: "mesh-provider-collector",
                ...about,
                expected: `spans to the collector of this stack, ${wanted}`,
                got: isShort ? `${shown}, a short name that istiod does not resolve` : shown,
                cure: isShort
                    ? `${change}: service: ${collector.host}, port: ${String(collector.port)}`
                    : `${change}. Or send spans where it does: set collectorAddress to its address, and jaeger.deploy to false`,
            },
        ];
    }
    const slash = service.indexOf("/");
    const home = collector.isOutside ? rootNamespace : collector.host.split(".")[1];
    if (slash >= 0 && service.slice(0, slash) !== home) {
        return [
            {
                id: "mesh-provider-collector",
                ...about,
                expected: `the collector ${wanted} in the namespace ${home ?? ""}`,
                got: `${service}, which istiod looks for only in ${service.slice(0, slash)}`,
                cure: `${change}: service: ${collector.host}`,
            },
        ];
    }
    const protocol = providerProtocol(provider);
    if (protocol !== collector.protocol) {
        return [
            {
                id: "mesh-provider-protocol",
                ...about,
                expected: `spans by ${collector.protocol}, as collector.protocol says`,
                got: protocol,
                cure: ["otlp-grpc", "otlp-http", "zipkin"].includes(protocol)
                    ? `Set collector.protocol to ${protocol}, or change the provider in the source that Istio's installer uses`
                    : "Add a provider of the kind opentelemetry or zipkin for this stack: Jaeger supports no others",
            },
        ];
    }
    return checkOtlpHttp({ ...provider, resource: about.resource });
}

/** True for the beginning of a full name, such as `jaeger-collector` or `jaeger-collector.istio-system`. */
function isShortOf(host: string, full: string): boolean {
    return full.startsWith(`${host}.`) && !full.slice(0, host.length).endsWith(".");
}
