import assert from "node:assert/strict";
import { judgeTexts, meshConfigMap, PROVIDER, TELEMETRY } from "./judged";
import { HOST } from "./receiverMesh";

describe("an OpenTelemetryCollector", () => {
    const collector = (endpoint: string): string =>
        `apiVersion: opentelemetry.io/v1beta1\nkind: OpenTelemetryCollector\nmetadata: { name: otel, namespace: observability }\nspec:\n  config:\n    receivers: { otlp: { protocols: { grpc: ${endpoint} } } }\n    service: { pipelines: { traces: { receivers: [otlp] } } }\n`;
    const mesh = (port = 4317): string =>
        `${meshConfigMap(PROVIDER.replace(HOST, "otel-collector.observability.svc.cluster.local").replace("4317", String(port)))}---\n${TELEMETRY}`;

    it("listens on every address, unless it says otherwise", () => {
        assert.deepEqual(judgeTexts({ "m.yaml": mesh(), "c.yaml": collector("{}") }).rules, []);
        assert.deepEqual(
            judgeTexts({ "m.yaml": mesh(), "c.yaml": collector("{ endpoint: 'localhost:4317' }") }).rules,
            ["collector-receiver"],
        );
    });

    it("is judged behind a Service of one's own that selects its pods", () => {
        const service = (spec: string): string =>
            `apiVersion: v1\nkind: Service\nmetadata: { name: spans, namespace: observability }\nspec: { ${spec} }\n`;
        const rules = (spec: string, endpoint: string): string[] =>
            judgeTexts({
                "m.yaml": `${meshConfigMap(PROVIDER)}---\n${TELEMETRY}`,
                "s.yaml": service(spec),
                "c.yaml": collector(endpoint),
            }).rules;
        const selector = (name: string): string => `selector: { app.kubernetes.io/name: ${name} }`;
        const ports = "ports: [{ name: grpc-otlp, port: 4317, targetPort: 4317 }]";
        const local = "{ endpoint: 'localhost:4317' }";
        assert.deepEqual(rules(`${selector("otel-collector")}, ${ports}`, local), ["collector-receiver"]);
        assert.deepEqual(rules(`ipFamilies: [IPv6], ${selector("otel-collector")}, ${ports}`, "{}"), [
            "collector-receiver",
        ]);
        assert.deepEqual(rules(`${selector("otel-collector")}, ${ports}`, "{}"), []);
        assert.deepEqual(rules(`${selector("another")}, ${ports}`, local), []);
        assert.deepEqual(rules(ports, local), []);
        const named = "ports: [{ name: grpc-otlp, port: 4317, targetPort: otlp-grpc }]";
        assert.deepEqual(rules(`${selector("otel-collector")}, ${named}`, local), []);
    });

    it("has a Service with the ports of its receivers, and no other", () => {
        const { violations } = judgeTexts({ "m.yaml": mesh(5555), "c.yaml": collector("{}") });
        assert.deepEqual(
            violations.map(({ rule }) => rule),
            ["collector-port-served"],
        );
        assert.equal(violations[0]?.resource, "OpenTelemetryCollector observability/otel");
        assert.deepEqual(
            judgeTexts({ "m.yaml": mesh(5555), "c.yaml": collector("{ endpoint: '0.0.0.0:5555' }") }).rules,
            [],
        );
    });
});
