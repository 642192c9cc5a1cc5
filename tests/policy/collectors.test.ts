import assert from "node:assert/strict";
import { judge, provider, service, serviceEntry } from "./collectorObjects";
import { judgeTexts, meshConfigMap, TELEMETRY } from "./judged";

const GRPC = "selector: { app: otel }, ports: [{ name: grpc-otlp, port: 4317 }]";
const HOST = "otel.tracing.svc.cluster.local";

describe("a ServiceEntry beside a Service of the same host", () => {
    const tcp = "{ number: 4317, name: tcp, protocol: TCP }";
    it("closes the way from another namespace, for which istiod refuses to choose", () => {
        const { violations } = judge(
            provider(HOST, 4317),
            service("otel", "tracing", GRPC),
            serviceEntry(HOST, "shop", tcp),
        );
        assert.deepEqual(
            violations.map(({ rule }) => rule),
            ["collector-port-served"],
        );
        assert.match(violations[0]?.got ?? "", /Service tracing\/otel and ServiceEntry shop\/entry/);
        assert.match(violations[0]?.cure ?? "", /Delete ServiceEntry shop\/entry.*tracing\/otel\.tracing\.svc/);
    });

    it("counts for nothing where the provider names the Service's namespace, or stands in it", () => {
        const both = [service("otel", "tracing", GRPC), serviceEntry(HOST, "shop", tcp)];
        assert.deepEqual(judge(provider(`tracing/${HOST}`, 4317), ...both).rules, []);
        const { rules } = judge(
            provider(HOST, 4317),
            service("otel", "tracing", GRPC),
            serviceEntry(HOST, "tracing", tcp),
        );
        assert.deepEqual(rules, []);
    });

    it("is what a provider gets that names its namespace", () => {
        const { violations } = judge(
            provider(`shop/${HOST}`, 4317),
            service("otel", "tracing", GRPC),
            serviceEntry(HOST, "shop", tcp),
        );
        assert.equal(violations[0]?.resource, "ServiceEntry shop/entry");
    });
});

describe("a collector's Service that sidecars cannot call", () => {
    const cases: [string, string, string[], RegExp][] = [
        [
            "an alias",
            HOST,
            [
                service(
                    "otel",
                    "tracing",
                    "type: ExternalName, externalName: agent.obs.svc.cluster.local, ports: [{ name: grpc, port: 4317 }]",
                ),
            ],
            /ExternalName.*Name agent\.obs\.svc\.cluster\.local, port 4317, in the provider/s,
        ],
        [
            "an alias of the outside",
            HOST,
            [service("otel", "tracing", "type: ExternalName, externalName: otel.example.com")],
            /Add a ServiceEntry with the host otel\.example\.com/,
        ],
        ["headless", HOST, [service("otel", "tracing", `clusterIP: None, ${GRPC}`)], /clusterIP: None/],
        [
            "the headless one of an operator",
            "otel-collector-headless.tracing.svc.cluster.local",
            [
                "apiVersion: opentelemetry.io/v1alpha1\nkind: OpenTelemetryCollector\nmetadata: { name: otel, namespace: tracing }\nspec:\n  config: |\n    receivers: { otlp: { protocols: { grpc: {} } } }\n    service: { pipelines: { traces: { receivers: [otlp] } } }\n",
            ],
            /Name otel-collector, which the operator creates/,
        ],
        [
            "in another namespace than the one named",
            `shop/${HOST}`,
            [service("otel", "tracing", GRPC)],
            /Write tracing\/otel\.tracing/,
        ],
        [
            "of that name in another namespace",
            "otel.shop.svc.cluster.local",
            [service("otel", "tracing", GRPC)],
            /Service tracing\/otel/,
        ],
        [
            "of another name",
            "jaeger-collector.tracing.svc.cluster.local",
            [service("otel", "tracing", GRPC)],
            /Service tracing\/otel/,
        ],
    ];
    for (const [what, host, objects, words] of cases) {
        it(`is one critical finding on the provider: ${what}`, () => {
            const { violations } = judge(provider(host, 4317), ...objects);
            assert.equal(violations.length, 1);
            assert.equal(violations[0]?.rule, "collector-port-served");
            assert.match(violations[0].resource, /^ConfigMap istio-system\/istio provider otel$/);
            assert.match(`${violations[0].expected} ${violations[0].got} ${violations[0].cure}`, words);
        });
    }

    it("as an alias makes Envoy reject every listener with Zipkin, which is said", () => {
        const alias = service("otel", "tracing", "type: ExternalName, externalName: agent.obs.svc.cluster.local");
        const { violations } = judge(provider(HOST, 9411, "zipkin"), alias);
        assert.match(violations[0]?.got ?? "", /Envoy rejects every listener/);
    });
});

describe("names that istiod's registry does not have", () => {
    for (const name of [`${HOST}.`, "otel.example.com", "10.0.0.7", "otel.tracing", "OTEL.tracing.svc.cluster.local"]) {
        it(`are one finding: ${name}`, () => {
            assert.deepEqual(judge(provider(name, 4317), service("otel", "tracing", GRPC)).rules, ["collector-fqdn"]);
        });
    }

    it("are none where a Service may be made by something else, or a ServiceEntry has the host", () => {
        assert.deepEqual(judge(provider(HOST, 4317)).rules, []);
        assert.deepEqual(
            judge(
                provider("otel.example.com", 4317),
                serviceEntry("otel.example.com", "istio-system", "{ number: 4317, name: grpc, protocol: GRPC }"),
            ).rules,
            [],
        );
    });
});

describe("two providers of which one is elsewhere", () => {
    const two = `${provider(HOST, 4317)}  - name: second\n    zipkin: { service: tempo.tracing.svc.cluster.local, port: 9411 }\n`;
    it("leave the other's Service alone", () => {
        assert.deepEqual(judge(two, service("otel", "tracing", GRPC)).rules, []);
    });

    it("are not missed where a chart is installed into the namespace, or an operator makes the Service", () => {
        const release =
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: tempo, namespace: tracing }\nspec: { chart: { spec: { chart: tempo, version: 1.2.3 } } }\n";
        const named = provider("tempo.tracing.svc.cluster.local", 9411, "zipkin");
        assert.deepEqual(judge(named, service("otel", "tracing", GRPC), release).rules, []);
        const jaeger =
            "apiVersion: jaegertracing.io/v1\nkind: Jaeger\nmetadata: { name: simple, namespace: tracing }\nspec: { storage: { type: elasticsearch } }\n";
        assert.deepEqual(
            judge(provider("simple-collector.tracing.svc.cluster.local", 9411, "zipkin"), jaeger).rules,
            [],
        );
    });
});

describe("a port that the Service of a chart lacks", () => {
    it("is to be added where the chart takes it", () => {
        const alloy = service(
            "alloy",
            "tracing",
            "selector: { app: alloy }, ports: [{ name: http-metrics, port: 12345 }]",
        );
        const label = (chart: string): string =>
            alloy.replace("namespace: tracing", `namespace: tracing, labels: { helm.sh/chart: ${chart} }`);
        const cureOf = (text: string): string =>
            judge(provider("alloy.tracing.svc.cluster.local", 4317), text).violations[0]?.cure ?? "";
        assert.match(cureOf(label("alloy-1.2.1")), /add port 4317 in the value alloy\.extraPorts of the chart alloy\./);
        assert.match(cureOf(label("my-agent-0.1.0")), /in the values of the chart my-agent\./);
        assert.match(cureOf(alloy), /Correct the port/);
    });
});

describe("a collector whose name is to be filled in later", () => {
    it("is not judged", () => {
        for (const name of ["'${COLLECTOR}'", "'{{.collector}}.tracing.svc.cluster.local'"]) {
            const { rules } = judge(provider(name, 4317), service("otel", "tracing", GRPC));
            assert.ok(!rules.includes("collector-fqdn") && !rules.includes("collector-port-served"), name);
        }
    });
});

describe("a provider of another kind", () => {
    it("is served by an operator's Service whose receivers take it", () => {
        const collector =
            "apiVersion: opentelemetry.io/v1beta1\nkind: OpenTelemetryCollector\nmetadata: { name: otel, namespace: tracing }\nspec: { config: { receivers: { skywalking: {} }, service: { pipelines: { traces: { receivers: [skywalking] } } } } }\n";
        const named = (port: number): string =>
            provider("otel-collector.tracing.svc.cluster.local", port, "skywalking");
        assert.deepEqual(judge(named(11800), collector).rules, []);
        assert.deepEqual(judge(named(4317), collector).rules, ["collector-port-served"]);
    });
});

describe("one fault", () => {
    it("is one finding, whichever rules look at the port", () => {
        const { violations } = judge(
            provider(HOST, 4317),
            service("otel", "tracing", "selector: { app: otel }, ports: [{ name: otlp, port: 4317 }]"),
        );
        assert.deepEqual(
            violations.map(({ rule }) => rule),
            ["otlp-grpc-port-marked"],
        );
    });

    it("is one finding where two revisions have the same provider", () => {
        const mesh = provider(HOST, 9999);
        const { violations } = judgeTexts({
            "a.yaml": meshConfigMap(mesh),
            "b.yaml": meshConfigMap(mesh, "istio-canary"),
            "rest.yaml": `${TELEMETRY}---\n${service("otel", "tracing", GRPC)}`,
        });
        assert.equal(violations.length, 1);
    });
});
