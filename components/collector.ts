import { isIP } from "node:net";
import { RECEIVER_PORTS, type CollectorProtocol } from "../shared/names/ports";

/** The destination of spans. Every other file takes it from here. */
export interface Collector {
    /** Fully qualified host name in istiod's service registry. */
    host: string;
    /** TCP port on which the collector listens, 1 to 65535. */
    port: number;
    protocol: CollectorProtocol;
    /**
     * DNS name or IP address of a collector that is not a Service of this cluster. A ServiceEntry then adds `host` to
     * the mesh.
     * @default the collector is the Service `host` of this cluster
     */
    outsideAddress?: string;
    /**
     * Path to which spans are posted with `otlp-http` or `zipkin`.
     * @default /v1/traces with otlp-http, /api/v2/spans with zipkin
     */
    path?: string;
    /** @default sidecars send spans without TLS */
    tls?: CollectorTls;
}

/** Start of a {@link CollectorTls.ca} that names a ConfigMap. */
export const CA_CONFIG_MAP = "configmap:";

/** How sidecars verify the collector's certificate. */
export interface CollectorTls {
    /**
     * The authorities: `public` for those in the sidecar's image, certificates as PEM text, or `configmap:NAME` for a
     * ConfigMap in Istio's namespace whose key `ca.crt` contains them.
     */
    ca: string;
    /**
     * Name that the certificate must contain, and that sidecars request (SNI).
     * @default host or IP address of the collector
     */
    serverName?: string;
}

/** Host name in the mesh for a collector that has only an IP address. It need not resolve. */
export const NAMELESS_COLLECTOR_HOST = "tracing-collector.internal";

/**
 * Port in the mesh for an outside collector, independent of the port on which it listens. Sidecars apply the protocol
 * of a ServiceEntry's port to all requests to that port, to any host. With 443, HTTPS calls in the whole mesh would
 * fail, so this is an unused port.
 */
export const OUTSIDE_COLLECTOR_PORT = 24317;

/** A collector at an address: a Service of the cluster with that domain, or outside the cluster. */
export function collectorAt(
    { host, port }: { host: string; port: number },
    protocol: CollectorProtocol,
    clusterDomain: string,
): Collector {
    if (host.endsWith(`.svc.${clusterDomain}`)) return { host, port, protocol };
    return { host: isIP(host) === 0 ? host : NAMELESS_COLLECTOR_HOST, port, protocol, outsideAddress: host };
}

/** `host:port`, as in the setting `collectorAddress`. */
export function formatAddress({
    host,
    port,
    outsideAddress,
}: Pick<Collector, "host" | "port" | "outsideAddress">): string {
    const at = outsideAddress ?? host;
    return `${isIP(at) === 6 ? `[${at}]` : at}:${String(port)}`;
}

/** Default DNS domain of a cluster. */
export const DEFAULT_CLUSTER_DOMAIN = "cluster.local";

/** Default protocol of spans. */
export const DEFAULT_PROTOCOL = "otlp-grpc" satisfies CollectorProtocol;

/** The stack's own Jaeger as a collector. */
export function ownCollector(namespace: string, clusterDomain: string): Collector {
    return {
        host: ownCollectorHost(namespace, clusterDomain),
        port: RECEIVER_PORTS[DEFAULT_PROTOCOL],
        protocol: DEFAULT_PROTOCOL,
    };
}

/** Fully qualified name of the Service that receives spans for the stack's own Jaeger. */
export function ownCollectorHost(namespace: string, clusterDomain: string): string {
    return `jaeger-collector.${namespace}.svc.${clusterDomain}`;
}
