import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { apply, describeFaults, keepState } from "./faults";
import { assertHealthy, examine, shell } from "./examine";
import { FULL } from "../support/fullRun";
import { eventually, kubectl, labWithProgram } from "../support/sharedLab";

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
        got: /^a patch with the operation REMOVE takes the cluster away/,
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
        got: /^a patch with the operation REMOVE takes the cluster away/,
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
        got: /^a patch with the operation MERGE changes typed_extension_protocol_options of the cluster/,
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

/** Where it removes the cluster from a sidecar that starts anew, no pod is left that could send a probe. */
describe("the doctor, where no pod of the mesh becomes ready", () => {
    let lab: Cluster;
    let restore: () => void = () => undefined;
    before(async function () {
        if (!FULL) this.skip();
        lab = await labWithProgram();
        restore = keepState(lab);
    });
    after(() => {
        restore();
    });

    it("says what the sidecar refuses, by whose patch, and what mends it", async () => {
        filter(lab, "demo", "slim", remove);
        kubectl(lab, "delete", "pods", "-n", "demo", "-l", "app=frontend", "--now");
        const { said } = await eventually(60, async () => {
            const error: unknown = await examine(lab).catch((caught: unknown) => caught);
            const { message } = error as Error;
            return /refuses its configuration/.test(message) ? { said: message } : `no such error: ${message}`;
        });
        assert.match(said, /EnvoyFilter demo\/slim: a patch with the operation REMOVE takes the cluster away/);
        const [command = ""] = /kubectl \S.*delete envoyfilter slim -n demo/.exec(said) ?? [];
        shell(lab, command);
        kubectl(lab, "rollout", "status", "deployment/frontend", "-n", "demo", "--timeout=60s");
        await assertHealthy(lab);
    });
});
