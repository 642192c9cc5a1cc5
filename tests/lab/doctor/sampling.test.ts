import type { Cluster } from "../../../lab/cluster";
import { apply, changeMesh, describeFaults, meshConfig, patch } from "./faults";
import { request } from "../support/mesh";
import { kubectl } from "../support/sharedLab";

const SYSTEM = "istio-system";
/** Virtual host of the backend in a sidecar. */
const ROUTE = "backend.demo.svc.cluster.local:80";

function withoutRate(lab: Cluster): void {
    const path = "/spec/tracing/0/randomSamplingPercentage";
    patch(lab, SYSTEM, "telemetry/mesh-default", { op: "remove", path });
}

describeFaults("sampling", [
    {
        what: "a Telemetry without a rate",
        inject: (lab) => {
            withoutRate(lab);
        },
        id: "sampling-default",
        segment: "sampling",
        got: /^1 percent, from PILOT_TRACE_SAMPLING of istiod$/,
    },
    {
        what: "a rate that is written below the provider, where the server drops it",
        inject: (lab) => {
            const tracing = [{ providers: [{ name: "tracing", randomSamplingPercentage: 50 }] }];
            patch(lab, SYSTEM, "telemetry/mesh-default", { op: "replace", path: "/spec/tracing", value: tracing });
        },
        id: "sampling-default",
        segment: "sampling",
        got: /^1 percent, from PILOT_TRACE_SAMPLING of istiod$/,
        full: true,
    },
    {
        what: "a rate above 100 in the annotation of a pod, which counts as 1",
        inject: (lab) => {
            withoutRate(lab);
            const config = JSON.stringify({ tracing: { sampling: 150 } });
            const annotations = { "proxy.istio.io/config": config };
            const template = JSON.stringify({ spec: { template: { metadata: { annotations } } } });
            kubectl(lab, "patch", "deployment/frontend", "-n", "demo", "--type=merge", "-p", template);
            kubectl(lab, "rollout", "status", "deployment/frontend", "-n", "demo", "--timeout=60s");
        },
        id: "sampling-out-of-range",
        segment: "sampling",
        got: /^tracing\.sampling of the pod's annotation proxy\.istio\.io\/config, where a rate above 100 becomes 1$/,
        mend: (lab) => {
            const path = "/spec/tracing/0/randomSamplingPercentage";
            patch(lab, SYSTEM, "telemetry/mesh-default", { op: "add", path, value: 100 });
        },
        full: true,
    },
    {
        what: "a rate beside the tracing of the mesh's defaultConfig, which nobody reads",
        inject: (lab) => {
            const defaultConfig = meshConfig(lab)["defaultConfig"] as object;
            changeMesh(lab, "defaultConfig", { ...defaultConfig, sampling: 50 });
        },
        id: "sampling-placed",
        segment: "sampling",
        got: /^meshConfig\.defaultConfig\.sampling: 50, which Istio drops silently$/,
        full: true,
    },
    {
        what: "an EnvoyFilter that sets another rate",
        inject: (lab) => {
            const manager = "envoy.filters.network.http_connection_manager";
            const type = `type.googleapis.com/${manager.replace("filters", "extensions.filters")}.v3.HttpConnectionManager`;
            const tracing = { random_sampling: { value: 5 } };
            apply(lab, {
                apiVersion: "networking.istio.io/v1alpha3",
                kind: "EnvoyFilter",
                metadata: { name: "less", namespace: SYSTEM },
                spec: {
                    configPatches: [
                        {
                            applyTo: "NETWORK_FILTER",
                            match: { listener: { filterChain: { filter: { name: manager } } } },
                            patch: { operation: "MERGE", value: { typed_config: { "@type": type, tracing } } },
                        },
                    ],
                },
            });
        },
        id: "sampling-not-live",
        segment: "sampling",
        got: /^5$/,
        mend: (lab) => {
            kubectl(lab, "delete", "envoyfilter", "less", "-n", SYSTEM);
        },
        full: true,
    },
    {
        what: "an EnvoyFilter that samples one route",
        inject: (lab) => {
            const tracing = { random_sampling: { numerator: 5 }, overall_sampling: { numerator: 100 } };
            const match = { context: "SIDECAR_OUTBOUND", routeConfiguration: { vhost: { name: ROUTE, route: {} } } };
            apply(lab, {
                apiVersion: "networking.istio.io/v1alpha3",
                kind: "EnvoyFilter",
                metadata: { name: "one-route", namespace: "demo" },
                spec: {
                    configPatches: [
                        { applyTo: "HTTP_ROUTE", match, patch: { operation: "MERGE", value: { tracing } } },
                    ],
                },
            });
        },
        id: "sampling-not-live",
        segment: "sampling",
        got: /^5, from the route /,
        mend: (lab) => {
            kubectl(lab, "delete", "envoyfilter", "one-route", "-n", "demo");
        },
        full: true,
    },
    {
        what: "a rate that counts for nothing, since nobody draws",
        inject: (lab) => {
            patch(
                lab,
                SYSTEM,
                "telemetry/mesh-default",
                { op: "replace", path: "/spec/tracing/0/randomSamplingPercentage", value: 25 },
                { op: "add", path: "/spec/tracing/0/useRequestIdForTraceSampling", value: false },
            );
        },
        id: "sampling-not-drawn",
        segment: "sampling",
        got: /^useRequestIdForTraceSampling: false, /,
        full: true,
    },
    {
        what: "a client whose request ids are no UUIDs",
        inject: (lab) => {
            for (let count = 0; count < 3; count++) request(lab, `x-request-id: order-${String(count)}`);
        },
        id: "request-id-undrawable",
        segment: "sampling",
        got: /^order-0 and 2 more in the last minute; 0 of 2 of the doctor's requests with such IDs were recorded$/,
        cleanUp: (lab) => {
            // With the pods goes their log, in which the next test would see the client.
            kubectl(lab, "delete", "pods", "-n", "demo", "--all");
        },
        full: true,
    },
]);
