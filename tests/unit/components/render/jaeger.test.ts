import assert from "node:assert/strict";
import { RECEIVER_PORTS } from "../../../../shared/names/ports";
import { configHash, renderJaegerConfig } from "../../../../components/render/jaegerConfig";
import {
    renderCollectorService,
    renderJaegerDeployment,
    renderQueryService,
} from "../../../../components/render/jaegerWorkload";
import { PLAIN_PODS } from "../../../../components/pods";
import { DEFAULT_RESOURCES } from "../../../../components/resources";

interface Port {
    name: string;
    port: number;
    appProtocol: string;
    targetPort: string;
}
const MEMORY = { type: "memory", maxTraces: 1234 } as const;
const ports = (service: object): Port[] => (service as { spec: { ports: Port[] } }).spec.ports;
const deployment = renderJaegerDeployment({
    namespace: "istio-system",
    image: "jaeger:1",
    imagePullPolicy: "Always",
    resources: DEFAULT_RESOURCES.jaeger,
    configMapName: "jaeger-config-1",
    configHash: "abc",
    storage: MEMORY,
    storageObjects: {},
    pods: PLAIN_PODS,
    platformUserIds: false,
}) as unknown as {
    spec: {
        strategy: { rollingUpdate?: { maxUnavailable: number } };
        template: {
            metadata: { labels: Record<string, string>; annotations: Record<string, string> };
            spec: { containers: { ports: { name: string }[] }[] };
        };
    };
};

describe("Jaeger", () => {
    it("always limits the traces in memory, since its own default does not fit a pod", () => {
        assert.match(JSON.stringify(renderJaegerConfig({ storage: MEMORY, extra: {} })), /"max_traces":1234/);
    });

    it("listens on every port that its Services lead to", () => {
        const config = JSON.stringify(renderJaegerConfig({ storage: MEMORY, extra: {} }));
        const services = [...ports(renderCollectorService("x")), ...ports(renderQueryService("x"))];
        const named = deployment.spec.template.spec.containers[0]?.ports.map((port) => port.name);
        for (const { port, targetPort } of services) {
            assert.ok(config.includes(`":${String(port)}"`), String(port));
            assert.ok(named?.includes(targetPort), targetPort);
        }
    });

    it("marks its gRPC port, without which Envoy would speak HTTP/1.1 and lose every span", () => {
        const grpc = ports(renderCollectorService("x")).find((port) => port.port === RECEIVER_PORTS["otlp-grpc"]);
        assert.equal(grpc?.appProtocol, "grpc");
        assert.match(grpc.name, /^grpc/);
    });

    it("gets no sidecar, and serves until its successor does", () => {
        assert.equal(deployment.spec.template.metadata.labels["sidecar.istio.io/inject"], "false");
        assert.equal(deployment.spec.strategy.rollingUpdate?.maxUnavailable, 0);
    });

    it("rolls when its configuration changes", () => {
        assert.notEqual(
            configHash(renderJaegerConfig({ storage: MEMORY, extra: {} })),
            configHash(renderJaegerConfig({ storage: { ...MEMORY, maxTraces: 2 }, extra: {} })),
        );
        assert.equal(deployment.spec.template.metadata.annotations["istio-tracing/config-hash"], "abc");
    });
});
