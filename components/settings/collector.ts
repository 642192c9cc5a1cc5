import { collectorAt, ownCollectorHost, type Collector } from "../collector";
import { RECEIVER_PORTS } from "../../shared/names/ports";
import type { ParsedSettings } from "./parse";
import { tierHost } from "./tier";

/** Where spans go: to the stack's Collector tier or its own Jaeger, whatever its namespace, domain and protocol, unless an address is given. */
export function resolveCollector(values: ParsedSettings): Collector {
    const protocol = values["collector.protocol"];
    const { ca, serverName } = values["collector.tls"];
    const host = values["collectorTier.enabled"] ? tierHost : ownCollectorHost;
    const address = values.collectorAddress ?? {
        host: host(values["istio.namespace"], values.clusterDomain),
        port: RECEIVER_PORTS[protocol],
    };
    const path = values["collector.path"];
    return {
        ...collectorAt(address, protocol, values.clusterDomain),
        ...(path !== "" && { path }),
        ...(ca !== undefined && { tls: { ca, ...(serverName !== undefined && { serverName }) } }),
    };
}
