import assert from "node:assert/strict";
import { indent, judgeTexts, meshConfigMap, PROVIDER, TELEMETRY } from "./judged";

const HOST = "spans.observability.svc.cluster.local";

interface Collector {
    receiver: string;
    image?: string;
    container?: string;
    targetPort?: number | string;
    more?: string;
    args?: string[];
    pipelines?: string;
    families?: string;
}

/** Rules of a mesh whose provider leads to a collector with this receiver, and the findings on receivers. */
function judge({
    receiver,
    image = "otel/opentelemetry-collector:0.130.0",
    container = "",
    targetPort = 4317,
    more = "",
    args = ["--config=/etc/c.yaml"],
    pipelines = "traces: { receivers: [otlp], exporters: [debug] }",
    families = "",
}: Collector): ReturnType<typeof judgeTexts> {
    const config = `receivers: { otlp: { protocols: { grpc: ${receiver} } } }\nexporters: { debug: {} }\nservice: { pipelines: { ${pipelines} } }\n`;
    const apps = `apiVersion: v1
kind: ConfigMap
metadata: { name: collector, namespace: observability }
data:
  config.yaml: |
${indent(receiver === "none" ? "a: file\n" : config, 4)}---
apiVersion: v1
kind: Service
metadata: { name: spans, namespace: observability }
spec: { ${families}selector: { app: spans }, ports: [{ name: grpc-otlp, port: 4317, targetPort: ${String(targetPort)} }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: spans, namespace: observability }
spec:
  template:
    metadata: { labels: { app: spans } }
    spec:
      containers: [{ name: collector, image: "${image}", args: ${JSON.stringify(args)}, ports: [{ name: otlp, containerPort: 4317 }]${container} }]
      volumes: [{ name: config, configMap: { name: collector } }]
`;
    const files = { "mesh.yaml": `${meshConfigMap(PROVIDER)}---\n${TELEMETRY}`, "apps.yaml": `${apps}${more}` };
    return judgeTexts(files, ["resources-set", "restricted-security-context", "jaeger-storage-durable"]);
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

    const IPV6 = "ipFamilyPolicy: SingleStack, ipFamilies: [IPv6], ";
    const jaeger: Collector = {
        receiver: "none",
        image: "jaegertracing/jaeger:2.13.0",
        args: [],
        container: ", env: [{ name: JAEGER_LISTEN_HOST, value: 0.0.0.0 }]",
    };

    it("on IPv4 alone takes no span of a Service with IPv6 alone", () => {
        const { rules, violations } = judge({ receiver: "{ endpoint: '0.0.0.0:4317' }", families: IPV6 });
        assert.deepEqual(rules, ["collector-receiver"]);
        assert.match(
            violations[0]?.got ?? "",
            /^0\.0\.0\.0, which is IPv4 alone, and Service observability\/spans has/,
        );
        assert.match(violations[0]?.cure ?? "", /endpoint: ":4317"/);
        const byVariable = judge({ ...jaeger, families: IPV6 }).violations;
        assert.match(byVariable[0]?.cure ?? "", /^Set JAEGER_LISTEN_HOST=\[::\] there/);
    });

    it("on every address is right behind a Service of any families, and IPv4 alone where one of them is IPv4", () => {
        for (const endpoint of [":4317", "[::]:4317"])
            assert.deepEqual(judge({ receiver: `{ endpoint: '${endpoint}' }`, families: IPV6 }).rules, [], endpoint);
        for (const families of ["ipFamilies: [IPv4, IPv6], ", "ipFamilies: [IPv4], ", "ipFamilies: [], "])
            assert.deepEqual(judge({ receiver: "{ endpoint: '0.0.0.0:4317' }", families }).rules, [], families);
    });

    const inContainer: [string, Collector, RegExp][] = [
        [
            "--set over its file",
            {
                receiver: "{ endpoint: ':4317' }",
                args: ["--config=/etc/c.yaml", "--set=receivers.otlp.protocols.grpc.endpoint=127.0.0.1:4317"],
            },
            /^--set=receivers\.otlp\.protocols\.grpc\.endpoint=127\.0\.0\.1:4317 in args of the container collector: /,
        ],
        [
            "--set in two words",
            { receiver: "{}", args: ["--set", "receivers.otlp.protocols.grpc.endpoint=localhost:4317"] },
            /^receivers\.otlp\.protocols\.grpc\.endpoint=localhost:4317 in args of the container collector: /,
        ],
        [
            "a variable of Jaeger 2, which has no file",
            {
                ...{ receiver: "none", image: "jaegertracing/jaeger:2.13.0", args: [] },
                container: ', env: [{ name: JAEGER_LISTEN_HOST, value: "127.0.0.1" }]',
            },
            /^JAEGER_LISTEN_HOST=127\.0\.0\.1 in env of the container collector: /,
        ],
        [
            "a flag of Jaeger 1",
            {
                ...{ receiver: "none", image: "jaegertracing/all-in-one:1.60" },
                args: ["--collector.otlp.grpc.host-port=127.0.0.1:4317"],
            },
            /^--collector\.otlp\.grpc\.host-port=127\.0\.0\.1:4317 in args of the container collector: /,
        ],
        [
            "a variable of Jaeger 1",
            {
                ...{ receiver: "none", image: "jaegertracing/jaeger-collector:1.60", args: [] },
                container: ', env: [{ name: COLLECTOR_OTLP_GRPC_HOST_PORT, value: "localhost:4317" }]',
            },
            /^COLLECTOR_OTLP_GRPC_HOST_PORT=localhost:4317 in env /,
        ],
        [
            "a configuration in the command line",
            {
                receiver: "none",
                args: [
                    "--config=yaml:receivers::otlp::protocols::grpc::endpoint: 127.0.0.1:4317",
                    "--config=yaml:service::pipelines::traces::receivers: [otlp]",
                ],
            },
            /^--config=yaml:receivers::otlp::protocols::grpc::endpoint: 127\.0\.0\.1:4317 in args /,
        ],
    ];
    for (const [what, collector, got] of inContainer) {
        it(`on localhost by ${what} takes no span`, () => {
            const { rules, violations } = judge(collector);
            assert.deepEqual(rules, ["collector-receiver"]);
            assert.equal(violations[0]?.resource, "Deployment observability/spans");
            assert.match(violations[0].got, got);
        });
    }

    const open: Collector[] = [
        { receiver: "{ endpoint: 'localhost:4317' }", args: ["--set=receivers.otlp.protocols.grpc.endpoint=:4317"] },
        { receiver: "none", image: "jaegertracing/jaeger:2.13.0", args: [] },
        { receiver: "none", image: "jaegertracing/all-in-one:1.60", args: [] },
        {
            receiver: "none",
            image: "other/collector:1",
            args: ["--set=receivers.otlp.protocols.grpc.endpoint=localhost:1"],
        },
    ];
    for (const collector of open) {
        it(`is right, or unknown, by its container: ${JSON.stringify(collector)}`, () => {
            assert.deepEqual(judge(collector).rules, []);
        });
    }

    it("of Jaeger 1 for another port is told with the flag that opens it", () => {
        const { violations } = judge({
            ...{ receiver: "none", image: "jaegertracing/all-in-one:1.60" },
            args: ["--collector.otlp.grpc.host-port=:14317"],
        });
        assert.match(violations[0]?.got ?? "", /^otlp-grpc at 14317, otlp-http at 4318$/);
        assert.match(violations[0]?.cure ?? "", /--collector\.otlp\.grpc\.host-port \(variable COLLECTOR_OTLP_GRPC_/);
    });

    const OTHER = "{ endpoint: ':4317' } } }, otlp/new: { protocols: { grpc: { endpoint: ':14317' }";
    const unused: [string, string, string, RegExp][] = [
        [
            "in no pipeline",
            OTHER,
            "traces: { receivers: [otlp/new] }",
            /^receivers\.otlp\.protocols\.grpc is declared, but no pipeline names it, .*; service\.pipelines\.traces\.receivers is otlp\/new$/,
        ],
        [
            "in a pipeline of metrics alone",
            "{ endpoint: ':4317' }",
            "metrics: { receivers: [otlp] }",
            /but only the pipeline metrics names it, so that it accepts no spans; there is no pipeline of traces$/,
        ],
        [
            "beside a pipeline of traces with a name",
            OTHER,
            "traces/main: { receivers: [otlp/new] }, metrics: { receivers: [otlp] }",
            /only the pipeline metrics names it.*; service\.pipelines\.traces\/main\.receivers is otlp\/new$/,
        ],
    ];
    for (const [what, receiver, pipelines, got] of unused) {
        it(`that is declared ${what} takes no span`, () => {
            const { rules, violations } = judge({ receiver, pipelines });
            assert.deepEqual(rules, ["collector-receiver"]);
            assert.match(violations[0]?.got ?? "", got);
            assert.match(violations[0]?.cure ?? "", /reads its configuration only when it starts, so restart its pods/);
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
