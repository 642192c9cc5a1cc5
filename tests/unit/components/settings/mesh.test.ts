import assert from "node:assert/strict";
import { settingsWarnings } from "../../../../components/warnings";
import { problemsOf, settingsOf } from "./helpers";

const ids = (raw: Record<string, string>): string[] => settingsWarnings(settingsOf(raw)).map(({ id }) => id);
const providers = (...list: object[]): string => JSON.stringify({ meshConfig: { extensionProviders: list } });

describe("namespaces of the user's own", () => {
    it("are injected where nothing else is said, and complete", () => {
        assert.deepEqual(settingsOf({ namespaces: '{"shop":{"samplingPercent":"2.5"}}' }).namespaces, {
            shop: { samplingPercent: 2.5, injection: "enabled" },
        });
    });

    it("name the place of what is wrong inside of them, and what is expected there", () => {
        const [tag] = problemsOf({ namespaces: '{"shop":{"customTags":{"team":{"literal":{}}}}}' });
        assert.equal(tag?.key, "namespaces.shop.customTags.team.literal.value");
        assert.match(tag.expected, /exactly one of literal/);
        const [name] = problemsOf({ namespaces: '{"kube-system":{}}' });
        assert.equal(name?.got, '"kube-system"');
        assert.match(name.expected, /existing namespace/);
    });

    for (const [setting, name] of [
        ["istio.namespace", "istio-system"],
        ["demo.namespace", "demo"],
    ] as const) {
        it(`are not the program's own, which is ${setting}`, () => {
            const [problem] = problemsOf({ namespaces: JSON.stringify({ [name]: {} }) });
            assert.equal(problem?.key, `namespaces.${name}`);
            assert.match(problem.got, new RegExp(setting));
        });
    }

    it("may be called like the demo's when there is no demo", () => {
        settingsOf({ namespaces: '{"demo":{}}', "demo.deploy": "false" });
        settingsOf({ "istio.namespace": "demo", "demo.deploy": "false", collectorAddress: "otel.example.com:4317" });
    });

    it("are warned of where a tag, or a provider's header, lets people read a credential", () => {
        const tags = '{"shop":{"injection":"enabled","customTags":{"who":{"header":{"name":"Authorization"}}}}}';
        const volume = { "jaeger.storage": '{"type":"badger","size":"1Gi"}' };
        assert.deepEqual(ids({ namespaces: tags, ...volume }), ["custom-tags-secret-headers"]);
        const vendor = { service: "a.b.svc.cluster.local", port: 4317 };
        const headers = [{ name: "x-api-key", value: "hunter2" }];
        const keyed = { name: "vendor", opentelemetry: { ...vendor, grpc: { initialMetadata: headers } } };
        const [warning, ...more] = settingsWarnings(settingsOf({ "istio.values": providers(keyed) }));
        assert.deepEqual([warning?.id, more], ["provider-headers-secret", []]);
        assert.doesNotMatch(JSON.stringify(warning), /hunter2/);
    });

    it("send spans to a provider that there is and that takes spans", () => {
        const namespaces = '{"shop":{"provider":"other"}}';
        const otel = { name: "other", opentelemetry: { service: "o.example.com", port: 4317 } };
        settingsOf({ namespaces, "istio.values": providers(otel) });
        assert.match(problemsOf({ namespaces })[0]?.expected ?? "", /accepts spans .*: tracing$/);
        const logs = { name: "other", envoyOtelAls: { service: "o.example.com", port: 4317 } };
        assert.match(problemsOf({ namespaces, "istio.values": providers(logs) })[0]?.got ?? "", /accepts none/);
    });
});

describe("the demo whose sampled flag overrules the rate", () => {
    it("is warned of with zipkin, and only where it is deployed", () => {
        const zipkin = { "collector.protocol": "zipkin", "jaeger.storage": '{"type":"badger","size":"1Gi"}' };
        assert.deepEqual(ids(zipkin), ["client-flag-overrules-sampling"]);
        assert.deepEqual(ids({ ...zipkin, "demo.traceContext": "mesh" }), []);
        assert.deepEqual(ids({ ...zipkin, "demo.deploy": "false" }), []);
    });
});

describe("what is allowed of namespaces and surprises", () => {
    // In memory the traces of such workloads are a warning of their own.
    const jaegerStorage = '{"type":"badger","size":"1Gi"}';
    const shop = (tracing: object, more: Record<string, string> = {}): string[] =>
        ids({
            samplingPercent: "10",
            namespaces: JSON.stringify({ shop: tracing }),
            "jaeger.storage": jaegerStorage,
            ...more,
        });

    it("is a rate above the mesh's, which counts only where traces begin", () => {
        assert.deepEqual(shop({ samplingPercent: 10.01 }), ["namespace-rate-at-entry"]);
        assert.deepEqual(shop({ samplingPercent: 10 }), []);
        assert.deepEqual(shop({}), []);
    });

    it("is a rate below the mesh's, which cuts holes into traces of others", () => {
        assert.deepEqual(shop({ samplingPercent: 9.99 }), ["namespace-rate-cuts-traces"]);
        const zipkin = {
            "collector.protocol": "zipkin",
            collectorAddress: "zipkin.obs.svc.cluster.local:9411",
            "demo.traceContext": "mesh",
        };
        assert.deepEqual(shop({ samplingPercent: 9.99 }, zipkin), []);
        assert.deepEqual(shop({ samplingPercent: 0 }, zipkin), ["namespace-rate-cuts-traces"]);
    });

    it("is everything recorded in more than three namespaces", () => {
        const full = (count: number): string[] =>
            ids({
                samplingPercent: "100",
                "jaeger.storage": jaegerStorage,
                namespaces: JSON.stringify(
                    Object.fromEntries(
                        Array.from({ length: count }, (_, n) => [`n${String(n)}`, { samplingPercent: 100 }]),
                    ),
                ),
            });
        assert.deepEqual(full(3), []);
        assert.deepEqual(full(4), ["sampling-everything"]);
    });

    it("is another provider, and mutual TLS for pods that have no sidecar", () => {
        const istiodValues = providers({ name: "other", zipkin: { service: "z.example.com", port: 9411 } });
        assert.deepEqual(shop({ provider: "other" }, { "istio.values": istiodValues }), [
            "namespace-provider-splits-traces",
        ]);
        assert.deepEqual(shop({ injection: "none" }, { "istio.mtlsMode": "STRICT" }), ["strict-mtls-needs-sidecars"]);
        assert.deepEqual(shop({ injection: "none" }), []);
    });
});

describe("the number of istiods", () => {
    it("is one to five where nothing is said, and never below its minimum", () => {
        assert.deepEqual(settingsOf({}).istio.replicas, { min: 1, max: 5 });
        assert.deepEqual(settingsOf({ "istio.replicas": '{"min":"8"}' }).istio.replicas, { min: 8, max: 8 });
        assert.equal(problemsOf({ "istio.replicas": '{"min":3,"max":2}' })[0]?.key, "istio.replicas.min");
    });

    it("is not set by chart values as well", () => {
        for (const values of ['{"autoscaleMin":2}', '{"replicaCount":2}', '{"autoscaleEnabled":false}']) {
            assert.match(problemsOf({ "istio.values": values })[0]?.next ?? "", /set istio\.replicas$/);
        }
    });
});
