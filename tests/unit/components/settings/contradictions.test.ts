import assert from "node:assert/strict";
import { formatAddress, NAMELESS_COLLECTOR_HOST } from "../../../../components/collector";
import { createAuthority } from "../../../../shared/certificates/x509";
import { problemsOf, settingsOf } from "./helpers";

const OWN = "jaeger-collector.istio-system.svc.cluster.local";

describe("settings compared with each other", () => {
    for (const [port, speaks] of [
        ["4318", "otlp-http"],
        ["9411", "zipkin"],
    ] as const) {
        it(`refuses port ${port} of the own Jaeger, which speaks ${speaks}, for otlp-grpc`, () => {
            const [problem] = problemsOf({ collectorAddress: `${OWN}:${port}` });
            assert.equal(problem?.key, "collectorAddress");
            assert.match(problem.got, new RegExp(speaks));
            assert.match(problem.next, /:4317, or omit it$/);
        });
    }

    it("accepts each protocol at its own port, and refuses it at another's", () => {
        for (const [protocol, port] of [
            ["otlp-http", "4318"],
            ["zipkin", "9411"],
        ] as const) {
            settingsOf({ "collector.protocol": protocol, collectorAddress: `${OWN}:${port}` });
            const grpc = { "collector.protocol": protocol, collectorAddress: `${OWN}:4317` };
            assert.match(problemsOf(grpc)[0]?.next ?? "", new RegExp(`:${port}, or omit it$`));
        }
    });

    it("refuses a port of the own Jaeger on which nothing takes spans", () => {
        assert.match(problemsOf({ collectorAddress: `${OWN}:16686` })[0]?.got ?? "", /accepts no spans/);
    });

    for (const host of [
        "jaeger-collector",
        "jaeger-collector.istio-system",
        "jaeger-collector.istio-system.svc",
        "jaeger-collector.istio-system.svc.other.local",
        "10-0-0-7.istio-system.pod.cluster.local",
        "a.jaeger-collector.istio-system.svc.cluster.local",
    ]) {
        it(`refuses the collector ${host}, which Istio would drop silently`, () => {
            const [problem] = problemsOf({ collectorAddress: `${host}:4317` });
            assert.match(problem?.expected ?? "", /NAME\.NAMESPACE\.svc\.cluster\.local/);
            assert.match(problem?.next ?? "", /svc\.cluster\.local:4317/);
        });
    }

    it("accepts a collector of another team in this cluster", () => {
        const settings = settingsOf({ collectorAddress: "otel.observability.svc.cluster.local:4317" });
        assert.deepEqual(settings.collector, {
            host: "otel.observability.svc.cluster.local",
            port: 4317,
            protocol: "otlp-grpc",
        });
    });

    it("sends spans out of the cluster to a DNS name, and to an IP address under a name of its own", () => {
        assert.deepEqual(settingsOf({ collectorAddress: "otel.example.com:443" }).collector, {
            host: "otel.example.com",
            port: 443,
            protocol: "otlp-grpc",
            outsideAddress: "otel.example.com",
        });
        const { collector } = settingsOf({ collectorAddress: "[2001:db8::7]:4318", "collector.protocol": "otlp-http" });
        assert.deepEqual([collector.host, collector.outsideAddress], [NAMELESS_COLLECTOR_HOST, "2001:db8::7"]);
        assert.equal(formatAddress(collector), "[2001:db8::7]:4318");
    });

    it("refuses to send spans to the own Jaeger when there is none", () => {
        const [problem] = problemsOf({ "jaeger.deploy": "false" });
        assert.equal(problem?.key, "collectorAddress");
        assert.match(problem.next, /jaeger\.deploy to true/);
        settingsOf({ "jaeger.deploy": "false", collectorAddress: "10.1.2.3:4317" });
        settingsOf({ "jaeger.deploy": "false", collectorAddress: "otel.observability.svc.cluster.local:4317" });
    });

    it("refuses headers that the sidecars of an older Istio would leave out", () => {
        const raw = {
            collectorAddress: "10.1.2.3:9411",
            "collector.protocol": "zipkin",
            collectorHeaders: '{"x-key":"v"}',
        };
        assert.equal(problemsOf({ ...raw, "istio.version": "1.28.3" })[0]?.key, "collectorHeaders");
        assert.deepEqual(settingsOf(raw).collectorHeaders, { "x-key": "v" });
        settingsOf({ ...raw, "istio.version": "1.28.3", "collector.protocol": "otlp-http" });
    });

    it("speaks TLS to a collector of this cluster or of another place, and not to the own Jaeger", () => {
        const pem = createAuthority("test").certificatePem;
        assert.equal(problemsOf({ "collector.tls": '{"ca":"public"}' })[0]?.key, "collector.tls");
        const tlsOf = (tls: object, collectorAddress: string): unknown =>
            settingsOf({ collectorAddress, "collector.tls": JSON.stringify(tls) }).collector.tls;
        for (const ca of ["public", "configmap:collector-ca", pem, pem + pem]) {
            assert.deepEqual(tlsOf({ ca }, "10.1.2.3:4317"), { ca });
        }
        const named = { ca: "public", serverName: "otel.example.com" };
        assert.deepEqual(tlsOf(named, "otel.observability.svc.cluster.local:4317"), named);
        assert.equal(tlsOf({}, "10.1.2.3:4317"), undefined);
    });

    it("says which address follows from another Istio namespace", () => {
        const [problem] = problemsOf({ "istio.namespace": "mesh", collectorAddress: `${OWN}:4317` });
        assert.equal(problem?.key, "collectorAddress");
        assert.match(problem.next, /jaeger-collector\.mesh\.svc\.cluster\.local:4317/);
        settingsOf({ "istio.namespace": "mesh", collectorAddress: "jaeger-collector.mesh.svc.cluster.local:4317" });
    });

    it("refuses the demo in Istio's own namespace", () => {
        assert.equal(problemsOf({ "demo.namespace": "istio-system" })[0]?.key, "demo.namespace");
    });

    it("refuses a request above its limit, also one that is only above the default limit", () => {
        const given = problemsOf({ resources: '{"jaeger":{"requests":{"memory":"2Gi"},"limits":{"memory":"1Gi"}}}' });
        assert.equal(given[0]?.key, "resources.jaeger.requests.memory");
        const byDefault = problemsOf({ resources: '{"backend":{"requests":{"cpu":"1"}}}' });
        assert.match(byDefault[0]?.expected ?? "", /200m/);
    });

    it("refuses a chart folder that is not there", () => {
        const [problem] = problemsOf({ "istio.chartSource": "./no-charts" });
        assert.match(problem?.got ?? "", /base\/Chart\.yaml and no istiod\/Chart\.yaml/);
    });

    it("does not report what only follows from a setting that could not be read", () => {
        const problems = problemsOf({ collectorAddress: "x", "istio.namespace": "mesh" });
        assert.deepEqual(
            problems.map((problem) => problem.key),
            ["collectorAddress"],
        );
    });
});

describe("istio.values", () => {
    const refused: Record<string, string> = {
        '{"pilot":{"env":{"A":"b"}}}': "istio.values.pilot",
        '{"traceSampling":5}': "istio.values.traceSampling",
        '{"env":{"PILOT_TRACE_SAMPLING":"5"}}': "istio.values.env.PILOT_TRACE_SAMPLING",
        '{"meshConfig":{"defaultConfig":{"tracing":{"sampling":100}}}}':
            "istio.values.meshConfig.defaultConfig.tracing",
        '{"meshConfig":{"defaultConfig":{"sampling":100}}}': "istio.values.meshConfig.defaultConfig.sampling",
        '{"meshConfig":{"enableTracing":false}}': "istio.values.meshConfig.enableTracing",
        '{"meshConfig":"none"}': "istio.values.meshConfig",
        '{"meshConfig":{"enableTracing":{"a":1}}}': "istio.values.meshConfig.enableTracing",
        '{"global":{"hub":"elsewhere"}}': "istio.values.global.hub",
        '{"tag":"1.29.0"}': "istio.values.tag",
        '{"hub":"elsewhere"}': "istio.values.hub",
        '{"image":"elsewhere/pilot:1"}': "istio.values.image",
        '{"global":{"proxy":{"image":"elsewhere/proxyv2:1"}}}': "istio.values.global.proxy.image",
        '{"meshConfig":{"discoverySelectors":{}}}': "istio.values.meshConfig.discoverySelectors",
        '{"meshConfig":{"discovery_selectors":[]}}': "istio.values.meshConfig.discovery_selectors",
        '{"meshConfig":{"default_config":{"tracing":{}}}}': "istio.values.meshConfig.default_config",
        '{"meshConfig":{"defaultConfig":{"proxy_stats_matcher":{}}}}':
            "istio.values.meshConfig.defaultConfig.proxy_stats_matcher",
        '{"meshConfig":{"access_log_file":""}}': "istio.values.meshConfig.access_log_file",
        '{"meshConfig":{"extensionProviders":{}}}': "istio.values.meshConfig.extensionProviders",
        '{"meshConfig":{"extensionProviders":[{"name":"tracing"}]}}':
            "istio.values.meshConfig.extensionProviders[0].name",
        '{"meshConfig":{"extensionProviders":[{}]}}': "istio.values.meshConfig.extensionProviders[0]",
    };
    for (const [value, key] of Object.entries(refused)) {
        it(`refuses ${value}`, () => {
            const problems = problemsOf({ "istio.values": value });
            assert.deepEqual(
                problems.map((problem) => problem.key),
                [key],
            );
        });
    }

    it("names the setting that decides a value, and says so where none does", () => {
        assert.match(
            problemsOf({ "istio.values": '{"global":{"tag":"1.29.0"}}' })[0]?.next ?? "",
            /set istio\.version/,
        );
        const [owned] = problemsOf({ "istio.values": '{"meshConfig":{"enableTracing":false}}' });
        assert.match(owned?.next ?? "", /no setting changes it/);
    });

    it("says in its own words that an object is expected", () => {
        assert.match(problemsOf({ "istio.values": "[1]" })[0]?.expected ?? "", /^an object of additional values/);
        const [below] = problemsOf({ "istio.values": '{"meshConfig":"accessLogFile: x"}' });
        assert.match(below?.expected ?? "", /^an object, to which the program adds/);
        assert.equal(below?.next, "write it as an object");
        assert.match(problemsOf({ "istio.values": '{"resources":"none"}' })[0]?.next ?? "", /set resources\.istiod/);
    });

    it("accepts values that no setting owns, and repeats of what a setting says", () => {
        settingsOf({ "istio.values": '{"logAsJson":true,"env":{"PILOT_ENABLE_ALPN_FILTER":"false"}}' });
        settingsOf({
            "istio.values": '{"meshConfig":{"enableTracing":true,"outboundTrafficPolicy":{"mode":"REGISTRY_ONLY"}}}',
        });
    });
});
