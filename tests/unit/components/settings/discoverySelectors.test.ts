import assert from "node:assert/strict";
import { resolveIstio } from "../../../../components/istio";
import { settingsWarnings } from "../../../../components/warnings";
import { problemsOf, settingsOf } from "./helpers";

const KEY = "istio.values.meshConfig.discoverySelectors";
const raw = (discoverySelectors: unknown, more: Record<string, string> = {}): Record<string, string> => ({
    "istio.values": JSON.stringify({ meshConfig: { discoverySelectors } }),
    ...more,
});
const named = (...values: string[]): object => ({
    matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "In", values }],
});
const warnings = (given: Record<string, string>): string[] =>
    settingsWarnings(settingsOf(given))
        .filter(({ id }) => id === "discovery-selectors-unknown")
        .map(({ got }) => got);
const TEAM = { matchLabels: { team: "a" } };
const ISTIO = named("istio-system");

describe("discoverySelectors", () => {
    for (const selectors of [
        [],
        [{}],
        [named("istio-system", "demo")],
        [ISTIO, { matchLabels: { "istio-injection": "enabled" } }, TEAM],
        [ISTIO, { matchLabels: { "kubernetes.io/metadata.name": "demo" } }],
        [{ matchExpressions: [{ key: "mesh_off", operator: "DoesNotExist" }] }],
        [{ matchExpressions: [{ key: "team", operator: "NotIn", values: ["a"] }] }],
    ]) {
        it(`are taken as ${JSON.stringify(selectors)}, which select the program's own namespaces`, () => {
            assert.deepEqual(warnings(raw(selectors)), []);
        });
    }

    for (const [selectors, names] of [
        [[TEAM], ["istio-system", "demo"]],
        [[{ matchLabels: { "istio-injection": "enabled" } }], ["istio-system"]],
        [[ISTIO, TEAM], ["demo"]],
        [[{ matchExpressions: [{ key: "team", operator: "Exists" }] }], ["istio-system", "demo"]],
        [[{ matchLabels: { mesh_on: "yes" } }], ["istio-system", "demo"]],
    ] satisfies [object[], string[]][]) {
        it(`are refused as ${JSON.stringify(selectors)}, with the labels that ${names.join(" and ")} have`, () => {
            const [problem, ...more] = problemsOf(raw(selectors));
            assert.deepEqual([problem?.key, more], [KEY, []]);
            for (const name of names) assert.ok(problem?.expected.includes(`kubernetes.io/metadata.name: ${name}`));
            assert.equal(problem?.next, `add ${JSON.stringify(named(...names))}`);
        });
    }

    for (const [selectors, key] of [
        ["all", ""],
        [{ matchLabels: {} }, ""],
        [["demo"], "[0]"],
        [[{ matchLabels: { a: 1 } }], "[0]"],
        [[{}, { labels: { a: "b" } }], "[1]"],
        [[{ matchExpressions: [{ key: "a", operator: "in", values: ["b"] }] }], "[0]"],
        [[{ matchExpressions: [{ key: "a", operator: "In" }] }], "[0]"],
        [[{ matchExpressions: [{ key: "a", operator: "Exists", values: ["b"] }] }], "[0]"],
    ] satisfies [unknown, string][]) {
        it(`are refused in the form ${JSON.stringify(selectors)}`, () => {
            const [problem, ...more] = problemsOf(raw(selectors));
            assert.deepEqual([problem?.key, more], [`${KEY}${key}`, []]);
            assert.match(problem?.expected ?? "", /matchLabels or matchExpressions/);
        });
    }

    it("are refused where they leave out a traced namespace by its name or its injection", () => {
        const own = named("istio-system", "demo");
        const namespaces = '{"shop":{},"bank":{"injection":"canary"}}';
        const [problem] = problemsOf(raw([own], { namespaces }));
        assert.match(problem?.expected ?? "", /shop \(.*istio-injection: enabled\), bank \(.*istio\.io\/rev: canary\)/);
        settingsOf(raw([own, { matchLabels: { "istio.io/rev": "canary" } }, named("shop")], { namespaces }));
    });

    it("are warned of where a namespace of others' is selected only by labels that they set", () => {
        const selectors = [named("istio-system", "demo"), TEAM];
        assert.match(warnings(raw(selectors, { namespaces: '{"shop":{}}' })).join(), /of shop may/);
        const collectorAddress = "otel.obs.svc.cluster.local:4317";
        assert.match(warnings(raw(selectors, { collectorAddress })).join(), /of obs may/);
        assert.deepEqual(warnings(raw(selectors, { collectorAddress: "otel.example.com:4317" })), []);
    });

    it("must not leave out the Service of a provider of the user's", () => {
        const service = { service: "authz.auth.svc.cluster.local", port: 9000 };
        const given = (provider: object, ...selected: string[]): Record<string, string> => ({
            "istio.values": JSON.stringify({
                meshConfig: { discoverySelectors: [named(...selected)], extensionProviders: [provider] },
            }),
        });
        const authorizer = { name: "authz", envoyExtAuthzGrpc: service };
        const [problem] = problemsOf(given(authorizer, "istio-system", "demo"));
        assert.match(problem?.expected ?? "", /watch auth \(kubernetes\.io\/metadata\.name: auth\)/);
        settingsOf(given(authorizer, "istio-system", "demo", "auth"));
        const outside = { name: "authz", envoyExtAuthzGrpc: { service: "authz.example.com", port: 443 } };
        settingsOf(given(outside, "istio-system", "demo"));
        const entry = { name: "authz", envoyExtAuthzGrpc: { service: "edge/authz.example.com", port: 443 } };
        assert.match(problemsOf(given(entry, "istio-system", "demo"))[0]?.expected ?? "", /watch edge \(/);
    });

    it("must select the namespace of the UI's gateway, of another Istio and of a demo only where these are", () => {
        const ui = '{"mode":"gateway","host":"t.example.com","tls":{"mode":"plainHttp"}}';
        const more = { ui, uiBasicAuth: JSON.stringify({ username: "anna", password: `$2y$10$${"a".repeat(53)}` }) };
        assert.match(
            problemsOf(raw([named("istio-system", "demo")], more))[0]?.expected ?? "",
            /watch istio-ingress \(/,
        );
        settingsOf(raw([ISTIO], { "demo.deploy": "false" }));
        const moved = { "istio.namespace": "mesh", collectorAddress: "jaeger-collector.mesh.svc.cluster.local:4317" };
        assert.match(problemsOf(raw([named("istio-system", "demo")], moved))[0]?.expected ?? "", /watch mesh \(/);
    });

    it("must not leave out the namespace of the component Istio by its name", () => {
        const istio = (selectors: object[]): unknown =>
            resolveIstio("mesh", {
                namespace: "istio-system",
                istiodValues: { meshConfig: { discoverySelectors: selectors } },
            });
        istio([TEAM]);
        istio([ISTIO]);
        assert.throws(() => istio([named("demo")]), /istio\.values\.meshConfig\.discoverySelectors/);
    });
});
