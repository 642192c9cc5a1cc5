import assert from "node:assert/strict";
import { checkCollectorInCluster, serviceNameOf } from "../../../../checks/cluster/collectorAddress";
import { isGrpcPort } from "../../../../checks/mesh/servicePorts";
import type { ServicePort } from "../../../../shared/kubernetes/objects";

const HOST = "otel.obs.svc.cluster.local";

function check(ports: ServicePort[], conditions: { ready?: boolean } = { ready: true }, type = "ClusterIP") {
    return checkCollectorInCluster({
        host: HOST,
        port: 4317,
        protocol: "otlp-grpc",
        service: { metadata: { name: "otel", namespace: "obs" }, spec: { type, ports } },
        endpointSlices: [
            {
                metadata: { name: "otel-1" },
                ports: [{ name: ports[0]?.name, port: 4317 }],
                endpoints: [{ conditions }],
            },
        ],
    });
}

describe("a collector of the user's own", () => {
    it("is fine when its port is there, marked as gRPC, and ready", () => {
        assert.deepEqual(check([{ port: 4317, name: "grpc-otlp" }]), []);
        assert.deepEqual(check([{ port: 4317, appProtocol: "grpc" }]), []);
        assert.deepEqual(check([{ port: 4317, name: "grpc" }], {}), []);
    });

    it("is missed when no Service has its name", () => {
        const [finding] = checkCollectorInCluster({
            ...{ host: HOST, port: 4317, protocol: "otlp-grpc", service: undefined, endpointSlices: [] },
        });
        assert.equal(finding?.id, "collector-service-exists");
        assert.equal(finding.severity, "error");
        assert.match(finding.expected, / otel\.obs\.svc\.cluster\.local:4317$/);
        assert.match(finding.cure, /kubectl get services -n obs$/);
    });

    it("is missed when the Service has other ports, which are named", () => {
        const [finding, ...more] = check([{ port: 4318, name: "http-otlp" }]);
        assert.deepEqual(more, []);
        assert.equal(finding?.id, "collector-port-exists");
        assert.equal(finding.got, "ports 4318 (name http-otlp)");
        assert.equal(check([])[0]?.got, "no ports");
    });

    it("is an error when the port is not marked as gRPC, since every span would be refused", () => {
        const [finding] = check([{ port: 4317, name: "otlp" }]);
        assert.equal(finding?.id, "collector-port-grpc");
        assert.equal(finding.severity, "error");
        assert.match(check([{ port: 4317, name: "grpc", appProtocol: "http" }])[0]?.got ?? "", /appProtocol http/);
    });

    it("is a warning when nothing behind it is ready", () => {
        const [finding] = check([{ port: 4317, name: "grpc" }], { ready: false });
        assert.equal(finding?.id, "collector-endpoints-ready");
        assert.equal(finding.severity, "warning");
    });

    it("has no endpoints to look at when it is a name outside the cluster", () => {
        assert.deepEqual(check([{ port: 4317, name: "grpc" }], { ready: false }, "ExternalName"), []);
    });
});

describe("a port's protocol", () => {
    it("is told by appProtocol first, then by the name, as Istio does", () => {
        const cases: [Pick<ServicePort, "name" | "appProtocol">, boolean][] = [
            [{ name: "grpc" }, true],
            [{ name: "grpc-otlp" }, true],
            [{ name: "GRPC-otlp" }, true],
            [{ name: "http2" }, true],
            [{ appProtocol: "kubernetes.io/h2c" }, true],
            [{ appProtocol: "grpc", name: "tcp-otlp" }, true],
            [{ appProtocol: "http", name: "grpc-otlp" }, false],
            [{ name: "grpc-web" }, false],
            [{ name: "grpcotlp" }, false],
            [{ name: "otlp-grpc" }, false],
            [{}, false],
        ];
        for (const [port, expected] of cases) assert.equal(isGrpcPort(port), expected, JSON.stringify(port));
    });
});

describe("a collector's host", () => {
    it("names a Service and its namespace", () => {
        assert.deepEqual(serviceNameOf(HOST), { name: "otel", namespace: "obs" });
    });
});
