import { apply, changeMesh, describeFaults, patch } from "./faults";
import { kubectl } from "../support/sharedLab";

const COLLECTOR = "service/jaeger-collector";
const SYSTEM = "istio-system";

describeFaults("the export of spans", [
    {
        what: "a collector port without a gRPC mark",
        inject: (lab) => {
            patch(
                lab,
                SYSTEM,
                COLLECTOR,
                { op: "remove", path: "/spec/ports/0/appProtocol" },
                { op: "replace", path: "/spec/ports/0/name", value: "otlp" },
            );
        },
        id: "collector-port-grpc",
        segment: "export",
        got: /^4317 \(name otlp\)$/,
    },
    {
        what: "a provider with a port that the collector does not have",
        inject: (lab) => {
            changeMesh(lab, "port", 4327);
        },
        id: "collector-port-exists",
        segment: "export",
        got: /^ports 4317 .*4318 /,
        full: true,
    },
    {
        what: "a Jaeger that is scaled to nothing",
        inject: (lab) => {
            kubectl(lab, "scale", "deployment/jaeger", "-n", SYSTEM, "--replicas=0");
            kubectl(lab, "wait", "--for=delete", "pod", "-n", SYSTEM, "-l", "app=jaeger", "--timeout=60s");
        },
        id: "collector-endpoints-ready",
        segment: "export",
        got: /^none$/,
    },
    {
        what: "a DestinationRule that forces mTLS on a collector without a sidecar",
        inject: (lab) => {
            apply(lab, {
                apiVersion: "networking.istio.io/v1",
                kind: "DestinationRule",
                metadata: { name: "mtls", namespace: SYSTEM },
                spec: { host: "*.local", trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } } },
            });
        },
        id: "collector-mtls",
        segment: "export",
        got: /^mode ISTIO_MUTUAL for \*\.local$/,
        cleanUp: (lab) => {
            kubectl(lab, "delete", "destinationrules", "--all", "-n", SYSTEM);
        },
    },
    {
        what: "a collector Service whose selector fits nothing",
        inject: (lab) => {
            patch(lab, SYSTEM, COLLECTOR, { op: "replace", path: "/spec/selector", value: { app: "jager" } });
        },
        id: "collector-endpoints-ready",
        segment: "export",
        got: /^none$/,
        full: true,
    },
    {
        what: "OTLP over HTTP without a path",
        inject: (lab) => {
            const service = "jaeger-collector.istio-system.svc.cluster.local";
            changeMesh(lab, "opentelemetry", { service, port: 4318, http: { timeout: "3s" } });
        },
        id: "otlp-http-complete",
        segment: "export",
        got: /^no path$/,
    },
    {
        what: "a targetPort on which nothing listens",
        inject: (lab) => {
            patch(lab, SYSTEM, COLLECTOR, { op: "replace", path: "/spec/ports/0/targetPort", value: 14317 });
        },
        id: "collector-target-port",
        segment: "export",
        got: /^14317, on which nothing listens$/,
        full: true,
    },
]);
