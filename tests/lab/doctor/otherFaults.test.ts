import { apply, changeMesh, describeFaults, patch } from "./faults";
import { cutOffJaeger } from "../support/jaegerPod";
import { kubectl } from "../support/sharedLab";

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
        what: "packets to the collector that are dropped, as a NetworkPolicy does",
        inject: (lab) => {
            cutOffJaeger(lab, "add");
        },
        id: "collector-unreachable",
        segment: "export",
        got: /no answer: something on the way drops them(;|$)|connections failed/,
        mend: (lab) => {
            cutOffJaeger(lab, "del");
        },
        full: true,
    },
    {
        what: "an EnvoyFilter that Envoy refuses",
        inject: (lab) => {
            const manager = "envoy.filters.network.http_connection_manager";
            const type = `type.googleapis.com/${manager.replace("filters", "extensions.filters")}.v3.HttpConnectionManager`;
            const http2_protocol_options = { max_concurrent_streams: 0 };
            apply(lab, {
                apiVersion: "networking.istio.io/v1alpha3",
                kind: "EnvoyFilter",
                metadata: { name: "wrong", namespace: SYSTEM },
                spec: {
                    configPatches: [
                        {
                            applyTo: "NETWORK_FILTER",
                            match: { listener: { filterChain: { filter: { name: manager } } } },
                            patch: {
                                operation: "MERGE",
                                value: { typed_config: { "@type": type, http2_protocol_options } },
                            },
                        },
                    ],
                },
            });
        },
        id: "proxy-rejects-config",
        segment: "sidecar",
        got: /max_?concurrent_?streams/i,
        mend: (lab) => {
            kubectl(lab, "delete", "envoyfilter", "wrong", "-n", SYSTEM);
        },
        full: true,
    },
]);
