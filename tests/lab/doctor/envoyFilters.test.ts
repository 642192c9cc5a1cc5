import type { Cluster } from "../../../lab/cluster";
import { apply, describeFaults } from "./faults";
import { kubectl } from "../support/sharedLab";

const SYSTEM = "istio-system";
const HOST = "jaeger-collector.istio-system.svc.cluster.local";
const BACKEND = "outbound|80||backend.demo.svc.cluster.local";
const TYPES = "type.googleapis.com/envoy";

function filter(lab: Cluster, namespace: string, name: string, ...configPatches: object[]): void {
    const metadata = { name, namespace };
    apply(lab, {
        apiVersion: "networking.istio.io/v1alpha3",
        kind: "EnvoyFilter",
        metadata,
        spec: { configPatches },
    });
}

const ofCollector = { context: "SIDECAR_OUTBOUND", cluster: { service: HOST } };
const remove = { applyTo: "CLUSTER", match: ofCollector, patch: { operation: "REMOVE" } };

describeFaults("what EnvoyFilters make of clusters", [
    {
        what: "one that removes the collector's cluster",
        inject: (lab) => {
            filter(lab, "demo", "slim", remove);
        },
        id: "collector-cluster-patched",
        segment: "export",
        got: /^a patch with the operation REMOVE, which removes the cluster/,
    },
    {
        what: "one that removes the collector's cluster beside what else it does",
        inject: (lab) => {
            const lua = {
                applyTo: "HTTP_FILTER",
                match: { context: "SIDECAR_OUTBOUND" },
                patch: { operation: "MERGE", value: { name: "nobody-has-it" } },
            };
            filter(lab, SYSTEM, "mixed", lua, remove);
        },
        id: "collector-cluster-patched",
        segment: "export",
        got: /^a patch with the operation REMOVE, which removes the cluster/,
        full: true,
    },
    {
        what: "one that removes the collector's cluster before a pod starts, which becomes ready without it",
        inject: (lab) => {
            filter(lab, "demo", "slim", remove);
            kubectl(lab, "delete", "pods", "-n", "demo", "-l", "app=frontend", "--wait");
            kubectl(lab, "rollout", "status", "deployment/frontend", "-n", "demo", "--timeout=120s");
        },
        id: "collector-cluster-patched",
        segment: "export",
        got: /^a patch with the operation REMOVE, which removes the cluster/,
        options: { from: "deploy/frontend", namespace: "demo", to: "http://backend" },
        full: true,
    },
    {
        what: "one that lets sidecars speak HTTP/1.1 to the collector",
        inject: (lab) => {
            const type = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
            const options = {
                "@type": `type.googleapis.com/${type}`,
                explicit_http_config: { http_protocol_options: {} },
            };
            const value = { typed_extension_protocol_options: { [type]: options } };
            filter(lab, SYSTEM, "old", {
                applyTo: "CLUSTER",
                match: ofCollector,
                patch: { operation: "MERGE", value },
            });
        },
        id: "collector-cluster-patched",
        segment: "export",
        got: /^a patch with the operation MERGE, which changes typed_extension_protocol_options of the cluster/,
        full: true,
    },
    {
        what: "one that leads a tracer to another cluster",
        inject: (lab) => {
            const manager = "envoy.filters.network.http_connection_manager";
            const tracing = {
                provider: {
                    name: "envoy.tracers.opentelemetry",
                    typed_config: {
                        "@type": `${TYPES}.config.trace.v3.OpenTelemetryConfig`,
                        grpc_service: { envoy_grpc: { cluster_name: BACKEND } },
                        service_name: "frontend.demo",
                    },
                },
            };
            const type = `${TYPES}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`;
            filter(lab, "demo", "tracer", {
                applyTo: "NETWORK_FILTER",
                match: { context: "SIDECAR_OUTBOUND", listener: { filterChain: { filter: { name: manager } } } },
                patch: { operation: "MERGE", value: { typed_config: { "@type": type, tracing } } },
            });
        },
        id: "sidecar-traces-elsewhere",
        segment: "sidecar",
        got: /^a tracer that sends them to outbound\|80\|\|backend\.demo/,
        mend: (lab) => {
            kubectl(lab, "delete", "envoyfilter", "tracer", "-n", "demo");
        },
        full: true,
    },
]);
