const TYPE = "type.googleapis.com/envoy";
const MANAGER = `${TYPE}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`;

/** The admin interface of a sidecar, with as much configuration as a large mesh gives it. */
export interface FakeEnvoy {
    /** Answers `GET path` as Envoy does, with `name_regex`, `mask` and `filter`. */
    answer: (path: string) => string;
}

/** What a sidecar has. */
export interface FakeEnvoySpec {
    /** Cluster by which it sends spans. */
    collector: string;
    /** Clusters and TCP listeners of Services that have nothing to do with the path. */
    others: number;
    /** Calls that it has exported so far. */
    exported: () => number;
    /** Statistics of tracing that it keeps, by name. */
    stats?: Record<string, number>;
    /** Whether it has the collector's cluster by now. @default always */
    knowsCollector?: () => boolean;
    /** Why it refused the listener for port 80. */
    refused?: string;
    /** False where its HTTP connection managers have no tracer. */
    traced?: boolean;
    /** Values of its runtime beside Istio's own. */
    runtime?: Record<string, string>;
    /** Percent in its configuration. */
    percent?: number;
}

/** A sidecar whose application listens on 8080 and asks for port 80. */
export function fakeEnvoy(spec: FakeEnvoySpec): FakeEnvoy {
    const names = [spec.collector, "inbound|8080||", ...Array.from({ length: spec.others }, (_, at) => otherName(at))];
    const dumps: Record<string, () => { name: string; dump: object }[]> = {
        dynamic_listeners: () => listeners(spec),
        dynamic_route_configs: () => [],
        dynamic_active_clusters: () => names.map((name) => ({ name, dump: { cluster: cluster(name) } })),
    };
    return {
        answer: (path) => {
            const { pathname, searchParams } = new URL(path, "http://envoy/");
            const filter = new RegExp(searchParams.get("filter") ?? "");
            if (pathname === "/clusters") {
                const known = spec.knowsCollector?.() ?? true;
                return names
                    .filter((name) => filter.test(name) && (known || name !== spec.collector))
                    .map(hosts(spec))
                    .join("\n");
            }
            if (pathname === "/stats")
                return Object.entries({
                    "tracing.opentelemetry.spans_sent": 0,
                    "listener_manager.lds.update_rejected": spec.refused === undefined ? 0 : 1,
                    ...spec.stats,
                })
                    .filter(([name]) => filter.test(name))
                    .map(([name, value]) => `${name}: ${String(value)}`)
                    .join("\n");
            if (pathname === "/runtime")
                return JSON.stringify({ layers: ["global config", "admin"], entries: runtime(spec) });
            const found = dumps[searchParams.get("resource") ?? ""];
            if (pathname !== "/config_dump" || found === undefined) throw new Error(`Envoy is not asked ${path}`);
            const whole = searchParams.get("name_regex");
            const chosen = found().filter(({ name }) => whole === null || new RegExp(`^(?:${whole})$`).test(name));
            const mask = searchParams.get("mask")?.split(",");
            return JSON.stringify({ configs: chosen.map(({ dump }) => masked(dump, mask)) }, null, 1);
        },
    };
}

function runtime(spec: FakeEnvoySpec): object {
    const values = { "re2.max_program_size.error_level": "32768", ...spec.runtime };
    const entry = (value: string): object => ({ final_value: value, layer_values: [value, ""] });
    return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, entry(value)]));
}

function otherName(at: number): string {
    return `outbound|${String(5000 + (at % 50))}||service-${String(at)}.team-${String(at % 20)}.svc.cluster.local`;
}

function hosts({ collector, exported }: FakeEnvoySpec): (name: string) => string {
    return (name) => {
        const requests = name === collector || name.startsWith("inbound|") ? exported() : 7;
        const counts = { rq_total: requests, rq_success: requests, rq_error: 0, cx_total: 1, cx_connect_fail: 0 };
        const settings = ["max_connections", "max_pending_requests", "max_requests", "max_retries"];
        return [
            `${name}::observability_name::${name}`,
            ...settings.map((setting) => `${name}::default_priority::${setting}::4294967295`),
            ...Object.entries(counts).map(([counter, count]) => `${name}::10.0.0.9:4317::${counter}::${String(count)}`),
            `${name}::10.0.0.9:4317::health_flags::healthy`,
        ].join("\n");
    };
}

function listeners(spec: FakeEnvoySpec): { name: string; dump: object }[] {
    const { collector, others, refused, traced = true, percent = 100 } = spec;
    const tracer = {
        "@type": `${TYPE}.config.trace.v3.OpenTelemetryConfig`,
        grpc_service: { envoy_grpc: { cluster_name: collector } },
    };
    const tracing = { provider: { typed_config: tracer }, random_sampling: { value: percent } };
    const manager = { typed_config: { "@type": MANAGER, ...(traced && { tracing }) } };
    const http = (port: number): object => ({
        filter_chain_match: { destination_port: port },
        filters: [manager],
    });
    const one = (name: string, direction: string, chains: object[], more = {}): { name: string; dump: object } => ({
        name,
        dump: {
            name,
            active_state: {
                listener: {
                    ...{ name, traffic_direction: direction, filter_chains: chains },
                    address: { socket_address: { address: "0.0.0.0", port_value: Number(name.split("_")[1] ?? 0) } },
                },
                last_updated: "2026-01-01T00:00:00.000Z",
            },
            ...more,
        },
    });
    const tcp = { filters: [{ typed_config: { "@type": `${TYPE}.TcpProxy`, stat_prefix: "x".repeat(300) } }] };
    return [
        one("virtualInbound", "INBOUND", [http(8080)]),
        one(
            "0.0.0.0_80",
            "OUTBOUND",
            [{ filters: [manager] }],
            refused === undefined ? {} : { error_state: { details: refused } },
        ),
        ...Array.from({ length: others }, (_, at) =>
            one(`10.0.${String(at)}_${String(5000 + (at % 50))}`, "OUTBOUND", [tcp]),
        ),
    ];
}

function cluster(name: string): object {
    return {
        name,
        type: "EDS",
        metadata: { filter_metadata: { istio: { config: "x".repeat(500), services: [{ host: name }] } } },
        typed_extension_protocol_options: { upstream: { explicit_http_config: { http2_protocol_options: {} } } },
        transport_socket_matches: [{ name: "tlsMode-istio" }, { name: "tlsMode-disabled" }],
    };
}

/** The fields of a mask such as `name,error_state.details`. */
function masked(dump: object, mask: string[] | undefined): object {
    if (mask === undefined) return dump;
    const pick = (value: unknown, keys: string[]): unknown => {
        const [key, ...below] = keys;
        if (key === undefined) return value;
        const inner = (value as Record<string, unknown> | undefined)?.[key];
        return inner === undefined ? undefined : { [key]: pick(inner, below) };
    };
    return Object.assign({}, ...mask.map((path) => pick(dump, path.split(".")))) as object;
}
