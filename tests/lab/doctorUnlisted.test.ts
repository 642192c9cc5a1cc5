import { apply, changeMesh, describeFaults, patch } from "./doctorFaults";
import { kubectl } from "./sharedLab";

const SYSTEM = "istio-system";

describeFaults("what is in no table of tracing faults", [
    {
        what: "a Sidecar resource that hides the collector",
        inject: (lab) => {
            apply(lab, {
                apiVersion: "networking.istio.io/v1",
                kind: "Sidecar",
                metadata: { name: "narrow", namespace: "demo" },
                spec: { egress: [{ hosts: ["./*"] }] },
            });
        },
        id: "collector-not-visible",
        segment: "export",
        got: /^egress to \.\/\* alone$/,
        full: true,
    },
    {
        what: "discoverySelectors that leave out the collector's namespace",
        inject: (lab) => {
            kubectl(lab, "label", "namespace", "demo", "mesh=yes");
            changeMesh(lab, "discoverySelectors", [{ matchLabels: { mesh: "yes" } }]);
        },
        id: "provider-host-unknown",
        segment: "sidecar",
        got: /in the namespace istio-system, which the mesh's discoverySelectors leave out$/,
        cleanUp: (lab) => {
            for (const namespace of ["demo", SYSTEM]) kubectl(lab, "label", "namespace", namespace, "mesh-");
        },
        full: true,
    },
    {
        what: "a Telemetry that keeps the context from the next hop",
        inject: (lab) => {
            const path = "/spec/tracing/0/disableContextPropagation";
            patch(lab, SYSTEM, "telemetry/mesh-default", { op: "add", path, value: true });
        },
        id: "trace-broken",
        segment: "propagation",
        got: /^2 roots: /,
        full: true,
    },
    {
        what: "a connection limit that lets no call to the collector through",
        inject: (lab) => {
            apply(lab, {
                apiVersion: "networking.istio.io/v1",
                kind: "DestinationRule",
                metadata: { name: "limit", namespace: SYSTEM },
                spec: {
                    host: "jaeger-collector.istio-system.svc.cluster.local",
                    trafficPolicy: { connectionPool: { http: { http1MaxPendingRequests: 1, http2MaxRequests: 1 } } },
                },
            });
        },
        id: "export-failing",
        segment: "export",
        got: /./,
        full: true,
    },
    {
        what: "an EnvoyFilter that caps every sampling",
        inject: (lab) => {
            const name = "envoy.filters.network.http_connection_manager";
            const type = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
            const config = { "@type": `type.googleapis.com/${type}`, tracing: { overall_sampling: { value: 1 } } };
            const match = { context: "SIDECAR_OUTBOUND", listener: { filterChain: { filter: { name } } } };
            const merge = { operation: "MERGE", value: { typed_config: config } };
            apply(lab, {
                apiVersion: "networking.istio.io/v1alpha3",
                kind: "EnvoyFilter",
                metadata: { name: "cap", namespace: "demo" },
                spec: { configPatches: [{ applyTo: "NETWORK_FILTER", match, patch: merge }] },
            });
        },
        id: "sampling-capped",
        segment: "sidecar",
        got: /^1 %, which drops what every other setting wants recorded$/,
        mend: (lab) => {
            kubectl(lab, "delete", "envoyfilter", "cap", "-n", "demo");
        },
        full: true,
    },
]);
