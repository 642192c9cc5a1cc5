import { describeFaults, patch } from "./doctorFaults";
import { kubectl } from "./sharedLab";

const SYSTEM = "istio-system";
const QUERY = "service/jaeger-query";

describeFaults("Jaeger's query API", [
    {
        what: "a cluster without a Service for it",
        inject: (lab) => {
            kubectl(lab, "delete", QUERY, "-n", SYSTEM);
        },
        id: "query-service-missing",
        segment: "query",
        got: /^none in the cluster$/,
    },
    {
        what: "a Service that selects other pods",
        inject: (lab) => {
            patch(lab, SYSTEM, QUERY, { op: "replace", path: "/spec/selector", value: { app: "query" } });
        },
        id: "query-unreachable",
        segment: "query",
        got: /no endpoints available/,
    },
    {
        what: "a targetPort on which nothing listens",
        inject: (lab) => {
            patch(lab, SYSTEM, QUERY, { op: "replace", path: "/spec/ports/0/targetPort", value: 26686 });
        },
        id: "query-unreachable",
        segment: "query",
        got: /connection refused/,
        full: true,
    },
]);

describeFaults("sampling", [
    {
        what: "a Telemetry without a rate",
        inject: (lab) => {
            const path = "/spec/tracing/0/randomSamplingPercentage";
            patch(lab, SYSTEM, "telemetry/mesh-default", { op: "remove", path });
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
]);
