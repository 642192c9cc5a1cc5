import { isIP } from "node:net";
import { RECEIVER_PORTS, type CollectorProtocol } from "../shared/names/ports";

/** The one place that says where spans go: every other file takes it from here. */
export interface Collector {
    /** Fully qualified host name as istiod's service registry knows it. */
    host: string;
    /** TCP port on which the collector listens, 1 to 65535. */
    port: number;
    protocol: CollectorProtocol;
    /**
     * DNS name or IP address of a collector that is no Service of this cluster; a ServiceEntry then makes `host`
     * known to the mesh.
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

/** How sidecars know the collector by its certificate. */
export interface CollectorTls {
    /**
     * Who has signed it: `public` for the public authorities that the sidecar's image knows, certificates as PEM text,
     * or `configmap:NAME` for a ConfigMap of Istio's namespace whose key `ca.crt` holds them.
     */
    ca: string;
    /**
     * Name that the certificate must carry, and that sidecars ask for (SNI).
     * @default host or IP address of the collector
     */
    serverName?: string;
}

/** Host name by which the mesh knows a collector that has an IP address only. It resolves nowhere, and need not. */
export const NAMELESS_COLLECTOR_HOST = "tracing-collector.internal";

/**
 * Port by which the mesh knows an outside collector, whatever the port on which that listens. Sidecars take all that
 * applications send to a port of a ServiceEntry, to any host, for the protocol of that port: with 443 the HTTPS calls
 * of the whole mesh would fail. So it is one that nobody uses.
 */
export const OUTSIDE_COLLECTOR_PORT = 24317;

/** A collector at an address, as a Service of the cluster with that domain or outside of it. */
export function collectorAt(
    { host, port }: { host: string; port: number },
    protocol: CollectorProtocol,
    clusterDomain: string,
): Collector {
    if (host.endsWith(`.svc.${clusterDomain}`)) return { host, port, protocol };
    return { host: isIP(host) === 0 ? host : NAMELESS_COLLECTOR_HOST, port, protocol, outsideAddress: host };
}

/** `host:port`, as the setting `collectorAddress` writes it. */
export function formatAddress({
    host,
    port,
    outsideAddress,
}: Pick<Collector, "host" | "port" | "outsideAddress">): string {
    const at = outsideAddress ?? host;
    return `${isIP(at) === 6 ? `[${at}]` : at}:${String(port)}`;
}

/** DNS domain of a cluster, unless somebody says so. */
export const DEFAULT_CLUSTER_DOMAIN = "cluster.local";

/** How sidecars send spans, unless somebody says so. */
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
