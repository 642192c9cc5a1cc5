import assert from "node:assert/strict";
import { judgeTexts, meshConfigMap, PROVIDER, TELEMETRY } from "./judged";
import { judge, rule, type Collector } from "./receiverMesh";

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
        assert.match(violations[0]?.got ?? "", /^0\.0\.0\.0, which is IPv4 only, and Service observability\/spans has/);
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
            /but only the pipeline metrics names it, so it accepts no spans; there is no pipeline of traces$/,
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
