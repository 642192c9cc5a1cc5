import type { Cluster } from "../../../lab/cluster";
import { apply, describeFaults, patch } from "./faults";
import { kubectl } from "../support/sharedLab";

const SYSTEM = "istio-system";
const COLLECTOR = "service/jaeger-collector";
/** In the node's network, where nobody is. */
const DEAD = "10.200.0.77";

function slice(lab: Cluster, labels: Record<string, string> = {}): void {
    apply(lab, {
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: {
            name: "by-hand",
            namespace: SYSTEM,
            labels: { "kubernetes.io/service-name": "jaeger-collector", ...labels },
        },
        addressType: "IPv4",
        ports: [{ name: "grpc-otlp", port: 4317, protocol: "TCP" }],
        endpoints: [{ addresses: [DEAD], conditions: { ready: true } }],
    });
}

/** Leaves the collector's Service to whoever writes down its addresses. */
function withoutSelector(lab: Cluster): void {
    patch(lab, SYSTEM, COLLECTOR, { op: "remove", path: "/spec/selector" });
    const label = "kubernetes.io/service-name=jaeger-collector";
    kubectl(lab, "delete", "endpoints", "jaeger-collector", "-n", SYSTEM, "--ignore-not-found");
    kubectl(lab, "delete", "endpointslices", "-n", SYSTEM, "-l", label);
}

function cleanUp(lab: Cluster): void {
    kubectl(lab, "delete", "endpointslice", "by-hand", "-n", SYSTEM, "--ignore-not-found");
}

describeFaults("addresses that somebody wrote down", [
    {
        what: "an EndpointSlice with a dead address beside the collector's own",
        inject: (lab) => {
            slice(lab, { "endpointslice.kubernetes.io/managed-by": "team.example" });
        },
        id: "collector-endpoint-dead",
        segment: "export",
        got: /^10\.200\.0\.77, which no pod of the cluster has \(endpointslice\.kubernetes\.io\/managed-by: team\.example\)/,
        cleanUp,
    },
    {
        what: "an EndpointSlice with a dead address in the place of the collector's own",
        inject: (lab) => {
            withoutSelector(lab);
            slice(lab);
        },
        id: "collector-endpoint-dead",
        segment: "export",
        got: /^10\.200\.0\.77, which no pod of the cluster has \(created manually, /,
        cleanUp,
        full: true,
    },
    {
        what: "an Endpoints object with a dead address",
        inject: (lab) => {
            withoutSelector(lab);
            apply(lab, {
                apiVersion: "v1",
                kind: "Endpoints",
                metadata: { name: "jaeger-collector", namespace: SYSTEM },
                subsets: [{ addresses: [{ ip: DEAD }], ports: [{ name: "grpc-otlp", port: 4317, protocol: "TCP" }] }],
            });
        },
        id: "collector-endpoint-dead",
        segment: "export",
        got: /^10\.200\.0\.77, .*created manually, and mirrored in EndpointSlice istio-system\//,
        full: true,
    },
]);
