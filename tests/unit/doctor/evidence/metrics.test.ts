import assert from "node:assert/strict";
import { parseMetrics } from "../../../../doctor/evidence/collectorMetrics";
import { summariseChains, summariseClusters, summariseRefused } from "../../../../doctor/evidence/envoyConfig";
import { parseClusters, parseStats } from "../../../../doctor/evidence/sidecar";

const CLUSTER = "outbound|4317||jaeger-collector.istio-system.svc.cluster.local";
const MANAGER = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
const TRACER = {
    "@type": "type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig",
    grpc_service: { envoy_grpc: { cluster_name: CLUSTER } },
    service_name: "frontend.demo",
};

function listeners(tracing: unknown): unknown {
    const manager = { typed_config: { "@type": MANAGER, tracing } };
    const listener = {
        traffic_direction: "OUTBOUND",
        address: { socket_address: { port_value: 80 } },
        filter_chains: [{ filters: [manager] }],
        default_filter_chain: { filters: [{ typed_config: { "@type": "type.googleapis.com/TcpProxy" } }] },
    };
    return { configs: [{ name: "0.0.0.0_80", active_state: { listener } }] };
}

describe("what the doctor reads of Envoy", () => {
    it("is the counts of a cluster's hosts, added up, also for IPv6", () => {
        const text = [
            `${CLUSTER}::observability_name::${CLUSTER};`,
            `${CLUSTER}::10.244.0.3:4317::rq_total::30`,
            `${CLUSTER}::[fd00::3]:4317::rq_total::12`,
            `${CLUSTER}::10.244.0.3:4317::cx_connect_fail::1`,
            `${CLUSTER}::default_priority::max_requests::1024`,
        ].join("\n");
        assert.deepEqual(parseClusters(text), { [CLUSTER]: { rq_total: 42, hosts: 2, cx_connect_fail: 1 } });
    });

    it("is a cluster without a host as well", () => {
        assert.deepEqual(parseClusters("a|1||b::observability_name::a|1||b;"), { "a|1||b": {} });
    });

    it("is statistics that are numbers, and no histograms", () => {
        const stats = parseStats("tracing.opentelemetry.spans_sent: 32\nx.upstream_rq_time: P0(0,0) P25(0,0)");
        assert.deepEqual(stats, { "tracing.opentelemetry.spans_sent": 32 });
    });

    it("is the tracer of each listener, with the rate, of which Envoy leaves out zero", () => {
        const chains = summariseChains(
            listeners({ provider: { typed_config: TRACER }, random_sampling: {}, overall_sampling: { value: 50 } }),
        );
        const tracing = {
            cluster: CLUSTER,
            randomSampling: 0,
            overallSampling: 50,
            serviceName: "frontend.demo",
            httpPath: undefined,
        };
        assert.deepEqual(chains[0]?.tracing, { ...tracing, tracer: "OpenTelemetryConfig" });
        assert.deepEqual(
            chains.map(({ kind, port }) => [kind, port]),
            [
                ["http", 80],
                ["tcp", 80],
            ],
        );
    });

    it("is no tracer where tracing has no provider, as the former way leaves it", () => {
        assert.equal(summariseChains(listeners({ random_sampling: { value: 1 } }))[0]?.tracing, undefined);
    });

    it("is why Envoy refused a listener", () => {
        const dump = { configs: [{ name: "virtualInbound", error_state: { details: "timeout: value is required" } }] };
        const [refused, ...others] = summariseRefused(dump);
        assert.deepEqual(others, []);
        assert.equal(refused?.listener, "virtualInbound");
        assert.equal(refused.details, "timeout: value is required");
    });

    it("is whether a cluster speaks HTTP/2 and TLS", () => {
        const cluster = {
            name: CLUSTER,
            transport_socket: { name: "tls", config: { alpn_protocols: ["istio", "h2"] } },
        };
        const [summary] = summariseClusters({ configs: [{ cluster }] });
        assert.deepEqual(summary, { name: CLUSTER, http2: false, tls: "istio-mtls" });
    });
});

describe("what the doctor reads of a collector", () => {
    it("is its counts of all receivers and exporters, under both spellings of their names", () => {
        const counts = parseMetrics(
            [
                'otelcol_receiver_accepted_spans_total{receiver="otlp",transport="grpc"} 66',
                'otelcol_receiver_accepted_spans{receiver="zipkin"} 4',
                'otelcol_receiver_refused_spans_total{receiver="otlp"} 2',
                'otelcol_exporter_sent_spans_total{exporter="jaeger_storage_exporter"} 1.2e+01',
                'otelcol_exporter_queue_size{exporter="otlp",data_type="traces"} 17',
                'otelcol_exporter_queue_capacity{exporter="otlp",data_type="traces"} 1000',
            ].join("\n"),
        );
        assert.deepEqual(counts, { accepted: 70, refused: 2, stored: 12, storeFailed: 0, queued: 17 });
    });

    it("is no count of stored spans where it has no such metric", () => {
        assert.equal(parseMetrics("").stored, undefined);
    });
});
