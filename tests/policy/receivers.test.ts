import assert from "node:assert/strict";
import { indent, judgeTexts, meshConfigMap, PROVIDER, TELEMETRY } from "./judged";

const HOST = "spans.observability.svc.cluster.local";

interface Collector {
    receiver: string;
    image?: string;
    container?: string;
    targetPort?: number | string;
    more?: string;
}

/** Rules of a mesh whose provider leads to a collector with this receiver, and the findings on receivers. */
function judge({
    receiver,
    image = "otel/opentelemetry-collector:0.130.0",
    container = "",
    targetPort = 4317,
    more = "",
}: Collector): ReturnType<typeof judgeTexts> {
    const config = `receivers: { otlp: { protocols: { grpc: ${receiver} } } }\nexporters: { debug: {} }\nservice: { pipelines: { traces: { receivers: [otlp], exporters: [debug] } } }\n`;
    const apps = `apiVersion: v1
kind: ConfigMap
metadata: { name: collector, namespace: observability }
data:
  config.yaml: |
${indent(config, 4)}---
apiVersion: v1
kind: Service
metadata: { name: spans, namespace: observability }
spec: { selector: { app: spans }, ports: [{ name: grpc-otlp, port: 4317, targetPort: ${String(targetPort)} }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: spans, namespace: observability }
spec:
  template:
    metadata: { labels: { app: spans } }
    spec:
      containers: [{ name: collector, image: "${image}", args: ["--config=/etc/c.yaml"], ports: [{ name: otlp, containerPort: 4317 }]${container} }]
      volumes: [{ name: config, configMap: { name: collector } }]
`;
    const files = { "mesh.yaml": `${meshConfigMap(PROVIDER)}---\n${TELEMETRY}`, "apps.yaml": `${apps}${more}` };
    return judgeTexts(files, ["resources-set", "restricted-security-context"]);
}
const rule = (mode: string): string =>
    `---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: { name: spans, namespace: observability }\nspec: { host: ${HOST}, trafficPolicy: { tls: { mode: ${mode} } } }\n`;
const TLS = "{ endpoint: ':4317', tls: { cert_file: /tls/tls.crt, key_file: /tls/tls.key } }";

describe("a collector's receiver", () => {
    const local = [
        "{}",
        "{ endpoint: 'localhost:4317' }",
        "{ endpoint: '127.0.0.1:4317' }",
        "{ endpoint: '[::1]:4317' }",
        "{ endpoint: '${env:LISTEN:-localhost}:4317' }",
    ];
    for (const receiver of local) {
        it(`on localhost takes no span: ${receiver}`, () => {
            const { rules, violations } = judge({ receiver });
            assert.deepEqual(rules, ["collector-receiver"]);
            assert.match(violations[0]?.resource ?? "", /^ConfigMap observability\/collector config\.yaml$/);
            assert.match(violations[0]?.cure ?? "", /endpoint: ":4317"/);
        });
    }

    const everywhere: Collector[] = [
        { receiver: "{ endpoint: ':4317' }" },
        { receiver: "{ endpoint: '0.0.0.0:4317' }" },
        { receiver: "{ endpoint: '[::]:4317' }" },
        {
            receiver: "{ endpoint: '${env:POD_IP}:4317' }",
            container: ", env: [{ name: POD_IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }]",
        },
        { receiver: "{ endpoint: '${env:JAEGER_LISTEN_HOST:-localhost}:4317' }", image: "jaegertracing/jaeger:2.13.0" },
        { receiver: "{ endpoint: '${env:LISTEN}:4317' }", container: ", envFrom: [{ configMapRef: { name: more } }]" },
        { receiver: "{}", image: "otel/opentelemetry-collector-contrib:0.103.1" },
        { receiver: "{ endpoint: ':4317' }", targetPort: "otlp" },
    ];
    for (const collector of everywhere) {
        it(`on every address is right: ${JSON.stringify(collector)}`, () => {
            assert.deepEqual(judge(collector).rules, []);
        });
    }

    it("elsewhere than the Service leads takes no span", () => {
        const { violations } = judge({ receiver: "{ endpoint: ':4317' }", targetPort: 14317 });
        assert.equal(violations[0]?.rule, "collector-receiver");
        assert.match(violations[0].expected, /a receiver of otlp-grpc at port 14317/);
        assert.match(violations[0].got, /otlp-grpc at 4317/);
    });

    it("with TLS wants a DestinationRule that starts it, by certificate where it asks for one", () => {
        assert.deepEqual(judge({ receiver: TLS }).rules, ["collector-receiver"]);
        assert.deepEqual(judge({ receiver: TLS, more: rule("SIMPLE") }).rules, []);
        assert.deepEqual(judge({ receiver: TLS, more: rule("MUTUAL") }).rules, []);
        const mutual = TLS.replace("tls: {", "tls: { client_ca_file: /tls/ca.crt,");
        assert.deepEqual(judge({ receiver: mutual, more: rule("SIMPLE") }).rules, ["collector-receiver"]);
        assert.deepEqual(judge({ receiver: mutual, more: rule("MUTUAL") }).rules, []);
    });

    it("in plain text is not to be called with TLS", () => {
        const { violations } = judge({ receiver: "{ endpoint: ':4317' }", more: rule("SIMPLE") });
        assert.deepEqual(
            violations.map(({ rule }) => rule),
            ["collector-receiver"],
        );
        assert.match(violations[0]?.got ?? "", /no tls there, and a DestinationRule with mode SIMPLE/);
    });

    it("is not judged where no pipeline's configuration is here", () => {
        assert.deepEqual(judge({ receiver: "{}", more: "" }).rules, ["collector-receiver"]);
        const without = judgeTexts({ "mesh.yaml": `${meshConfigMap(PROVIDER)}---\n${TELEMETRY}` });
        assert.deepEqual(without.rules, []);
    });
});

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
