import { at, isPlainObject, listAt, mapAt, textAt, type PlainObject } from "../../shared/values/plainObjects";

/** The tracing of one HTTP connection manager. */
export interface TracingSummary {
    /** Cluster that receives the spans. */
    cluster: string;
    /** Percentage of new traces; undefined for Envoy's default, 100. */
    randomSampling: number | undefined;
    /** Percentage to keep of the traces that all other decisions record. */
    overallSampling: number | undefined;
    /** Service name of this sidecar's spans. */
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
    /** Port of the chain; undefined for the catch-all chain. */
    port: number | undefined;
    kind: "http" | "tcp";
    /** Undefined for TCP, and without a tracer. */
    tracing: TracingSummary | undefined;
    /**
     * False for HTTP without an x-request-id for requests that arrive without one.
     * @default true
     */
    generatesRequestIds?: boolean;
    /** When the listener received its current configuration, in microseconds since 1970 by its node's clock. */
    updatedMicros: number | undefined;
}

/** One cluster of a sidecar. */
export interface ClusterSummary {
    name: string;
    http2: boolean;
    /** `istio-mtls` if every connection uses the mesh's TLS, `auto` if only connections to injected pods do. */
    tls: "none" | "auto" | "istio-mtls" | "other";
}

/** A listener whose newest version Envoy rejected. */
export interface RefusedListener {
    /** Undefined if Envoy does not name it. */
    listener: string | undefined;
    /** Envoy's message. */
    details: string;
    /** Names of filters, types and fields in the message, normalized with {@link plainName}. */
    names: string[];
    /** Clusters in the message. */
    clusters: string[];
}

/** A normalized name, which is the same for all spellings of a field, a type and its error. */
export function plainName(word: string): string {
    return word.replaceAll("_", "").toLowerCase();
}

/** The listeners of a sidecar. */
export interface Listeners {
    chains: ListenerSummary[];
    rejected: RefusedListener[];
}

/** The filter chains of the listeners of an Envoy `config_dump?resource=dynamic_listeners`. */
export function summariseChains(dump: unknown): ListenerSummary[] {
    return listAt(dump, "configs").flatMap((entry) => {
        const listener = at(entry, "active_state", "listener");
        if (!isPlainObject(listener)) return [];
        const chains = [...listAt(listener, "filter_chains"), listener["default_filter_chain"]].filter(isPlainObject);
        const ownPort = numberAt(listener, "address", "socket_address", "port_value");
        const updated = Date.parse(textAt(entry, "active_state", "last_updated") ?? "");
        const direction = directionOf(listener);
        return chains.map((chain) => {
            const matched = numberAt(chain, "filter_chain_match", "destination_port");
            const manager = listAt(chain, "filters")
                .map((filter) => mapAt(filter, "typed_config"))
                .find((config) => textAt(config, "@type")?.endsWith("HttpConnectionManager"));
            return {
                listener: textAt(entry, "name") ?? "",
                direction,
                port: matched ?? (direction === "OUTBOUND" ? ownPort : undefined),
                kind: manager === undefined ? "tcp" : "http",
                tracing: manager && summariseTracing(mapAt(manager, "tracing")),
                ...(manager?.["generate_request_id"] === false && { generatesRequestIds: false }),
                updatedMicros: Number.isNaN(updated) ? undefined : updated * 1000,
            };
        });
    });
}

/**
 * Why Envoy rejected the newest version of listeners, each reason once. Envoy also lists new listeners, without a name.
 */
export function summariseRefused(dump: unknown): RefusedListener[] {
    const all = listAt(dump, "configs").flatMap((entry): RefusedListener[] => {
        const said = textAt(entry, "error_state", "details");
        if (said === undefined) return [];
        const details = reasonIn(said);
        // Envoy has no field for the rejected part.
        const names = (details.match(/[A-Za-z_]\w+/g) ?? []).map((word) =>
            plainName(word).replace(/validationerror$/, ""),
        );
        const clusters: string[] = details.match(/\b(?:out|in)bound\|\d+\|[^|\s'"]*\|[^\s'",;]+/g) ?? [];
        return [{ listener: textAt(entry, "name"), details, names, clusters }];
    });
    return all.filter(
        ({ listener, details }) =>
            listener !== undefined || !all.some((other) => other.listener !== undefined && other.details === details),
    );
}

/** For an invalid field, Envoy writes the whole rejected configuration around its reason, which has no field of its own. */
function reasonIn(said: string): string {
    const start = said.indexOf("Proto constraint validation failed");
    const rest = start < 0 ? said : said.slice(start);
    const end = rest.search(/:\s*goo\.gle\/debug/);
    return end < 0 ? rest : rest.slice(0, end);
}

/** The clusters of an Envoy `config_dump?resource=dynamic_active_clusters`. */
export function summariseClusters(dump: unknown): ClusterSummary[] {
    return listAt(dump, "configs").map((entry) => {
        const config = mapAt(entry, "cluster");
        const protocols = JSON.stringify(config["typed_extension_protocol_options"] ?? {});
        return {
            name: textAt(config, "name") ?? "",
            http2: protocols.includes('"http2_protocol_options"') || config["http2_protocol_options"] !== undefined,
            tls: tlsOf(config),
        };
    });
}

function directionOf(listener: PlainObject): ListenerSummary["direction"] {
    const direction = listener["traffic_direction"];
    return direction === "INBOUND" || direction === "OUTBOUND" ? direction : "UNSPECIFIED";
}

function tlsOf(config: PlainObject): ClusterSummary["tls"] {
    if (config["transport_socket_matches"] !== undefined) return "auto";
    const socket = config["transport_socket"];
    if (!isPlainObject(socket) || textAt(socket, "name")?.endsWith("raw_buffer") === true) return "none";
    return JSON.stringify(socket).includes('"istio"') ? "istio-mtls" : "other";
}

function summariseTracing(tracing: PlainObject): TracingSummary | undefined {
    const config = at(tracing, "provider", "typed_config");
    if (!isPlainObject(config)) return undefined;
    const cluster =
        textAt(config, "grpc_service", "envoy_grpc", "cluster_name") ??
        textAt(config, "http_service", "http_uri", "cluster") ??
        textAt(config, "collector_cluster");
    const uri = textAt(config, "http_service", "http_uri", "uri");
    return {
        cluster: cluster ?? "",
        randomSampling: percent(tracing["random_sampling"]),
        overallSampling: percent(tracing["overall_sampling"]),
        serviceName: textAt(config, "service_name"),
        tracer: textAt(config, "@type")?.split(".").pop() ?? "",
        httpPath: uri !== undefined && URL.canParse(uri) ? new URL(uri).pathname : uri,
    };
}

/** Envoy's JSON omits zero. */
function percent(value: unknown): number | undefined {
    return isPlainObject(value) ? (numberAt(value, "value") ?? 0) : undefined;
}

function numberAt(value: unknown, ...path: string[]): number | undefined {
    const found = at(value, ...path);
    return typeof found === "number" ? found : undefined;
}
