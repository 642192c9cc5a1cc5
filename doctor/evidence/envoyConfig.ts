import { at } from "../../shared/values/plainObjects";

/** The tracing of one HTTP connection manager. */
export interface TracingSummary {
    /** Cluster to which spans go. */
    cluster: string;
    /** Percent of new traces; undefined where Envoy's default, 100, stands. */
    randomSampling: number | undefined;
    /** Percent that is left of what any other decision records. */
    overallSampling: number | undefined;
    /** Name under which the spans of this sidecar appear. */
    serviceName: string | undefined;
    /** Type of the tracer, such as `OpenTelemetryConfig`. */
    tracer: string;
    /** Path of an HTTP exporter. */
    httpPath: string | undefined;
}

/** One filter chain of a sidecar's listener. */
export interface ListenerSummary {
    listener: string;
    direction: "INBOUND" | "OUTBOUND" | "UNSPECIFIED";
    /** Port that the chain is for; undefined for one that takes what no other does. */
    port: number | undefined;
    kind: "http" | "tcp";
    /** Undefined for TCP, and where no tracer is configured. */
    tracing: TracingSummary | undefined;
    /** When the listener got its present configuration, in microseconds since 1970 by the clock of its node. */
    updatedMicros: number | undefined;
}

/** One cluster of a sidecar. */
export interface ClusterSummary {
    name: string;
    http2: boolean;
    /** `istio-mtls` when every connection uses the mesh's own TLS, `auto` when only to injected pods. */
    tls: "none" | "auto" | "istio-mtls" | "other";
}

type Dump = Record<string, unknown>;

/** What a sidecar listens for. */
export interface Listeners {
    chains: ListenerSummary[];
    /** Why Envoy refused the newest version of a listener, one line each. */
    rejected: string[];
}

/** The listeners of an Envoy `config_dump?resource=dynamic_listeners`. */
export function summariseListeners(dump: unknown): Listeners {
    const rejected = items(dump).flatMap((entry) => {
        const details = at(entry, "error_state", "details");
        return typeof details === "string" ? [`${String(entry["name"])}: ${details}`] : [];
    });
    return { chains: summariseChains(dump), rejected };
}

function summariseChains(dump: unknown): ListenerSummary[] {
    return items(dump).flatMap((entry) => {
        const listener = at(entry, "active_state", "listener") as Dump | undefined;
        if (listener === undefined) return [];
        const chains = [...((listener["filter_chains"] ?? []) as Dump[]), listener["default_filter_chain"] as Dump];
        const ownPort = at(listener, "address", "socket_address", "port_value") as number | undefined;
        const updated = Date.parse(String(at(entry, "active_state", "last_updated")));
        const direction = (listener["traffic_direction"] ?? "UNSPECIFIED") as ListenerSummary["direction"];
        return chains.filter(Boolean).map((chain) => {
            const matched = at(chain, "filter_chain_match", "destination_port") as number | undefined;
            const manager = ((chain["filters"] ?? []) as Dump[])
                .map((filter) => filter["typed_config"] as Dump | undefined)
                .find((config) => String(config?.["@type"]).endsWith("HttpConnectionManager"));
            return {
                listener: String(entry["name"]),
                direction,
                port: matched ?? (direction === "OUTBOUND" ? ownPort : undefined),
                kind: manager === undefined ? "tcp" : "http",
                tracing: manager && summariseTracing(manager["tracing"] as Dump | undefined),
                updatedMicros: Number.isNaN(updated) ? undefined : updated * 1000,
            };
        });
    });
}

/** The clusters of an Envoy `config_dump?resource=dynamic_active_clusters`. */
export function summariseClusters(dump: unknown): ClusterSummary[] {
    return items(dump).map(({ cluster }) => {
        const config = cluster as Dump;
        const protocols = JSON.stringify(config["typed_extension_protocol_options"] ?? {});
        return {
            name: String(config["name"]),
            http2: protocols.includes('"http2_protocol_options"') || config["http2_protocol_options"] !== undefined,
            tls: tlsOf(config),
        };
    });
}

function tlsOf(config: Dump): ClusterSummary["tls"] {
    if (config["transport_socket_matches"] !== undefined) return "auto";
    const socket = config["transport_socket"] as Dump | undefined;
    if (socket === undefined || String(socket["name"]).endsWith("raw_buffer")) return "none";
    return JSON.stringify(socket).includes('"istio"') ? "istio-mtls" : "other";
}

function summariseTracing(tracing: Dump | undefined): TracingSummary | undefined {
    const config = at(tracing, "provider", "typed_config") as Dump | undefined;
    if (config === undefined) return undefined;
    const cluster =
        at(config, "grpc_service", "envoy_grpc", "cluster_name") ??
        at(config, "http_service", "http_uri", "cluster") ??
        config["collector_cluster"];
    const uri = at(config, "http_service", "http_uri", "uri") as string | undefined;
    return {
        cluster: typeof cluster === "string" ? cluster : "",
        randomSampling: percent(tracing?.["random_sampling"] as Dump | undefined),
        overallSampling: percent(tracing?.["overall_sampling"] as Dump | undefined),
        serviceName: config["service_name"] as string | undefined,
        tracer: String(config["@type"]).split(".").pop() ?? "",
        httpPath: uri !== undefined && URL.canParse(uri) ? new URL(uri).pathname : uri,
    };
}

/** Zero is left out in Envoy's JSON. */
function percent(value: Dump | undefined): number | undefined {
    return value === undefined ? undefined : Number(value["value"] ?? 0);
}

function items(dump: unknown): Dump[] {
    return ((dump as Dump)["configs"] ?? []) as Dump[];
}
