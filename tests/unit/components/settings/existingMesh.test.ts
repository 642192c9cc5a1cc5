import assert from "node:assert/strict";
import { problemsOf, settingsOf } from "./helpers";

const EXISTING = { "istio.install": "false" };

describe("settings of an existing Istio", () => {
    it("leave the provider's name, the revision and the root namespace to the mesh", () => {
        const { istio, ownNamespaces } = settingsOf(EXISTING);
        const { install, provider, revision, rootNamespace } = istio;
        assert.deepEqual(
            { install, provider, revision, rootNamespace },
            {
                install: false,
                provider: "tracing",
                revision: undefined,
                rootNamespace: undefined,
            },
        );
        assert.equal(ownNamespaces.istio.existing, true);
    });

    it("say that its namespace is somebody else's, whatever is written on the program's own", () => {
        const { ownNamespaces } = settingsOf({ ...EXISTING, ownNamespaces: '{"labels":{"team":"mesh"}}' });
        assert.deepEqual(ownNamespaces.istio, { existing: true, labels: {}, annotations: {} });
        assert.deepEqual(ownNamespaces.demo.labels, { team: "mesh" });
    });

    it("inject traced namespaces by its revision, but for those that say something else", () => {
        const namespaces = '{"shop":{},"other":{"injection":"stable"},"quiet":{"injection":"none"}}';
        const found = settingsOf({ ...EXISTING, "istio.revision": "canary", namespaces }).namespaces;
        assert.deepEqual(
            Object.values(found).map(({ injection }) => injection),
            ["canary", "stable", "none"],
        );
    });

    it("are refused all at once where only an Istio of the program's own would use them", () => {
        const keys = problemsOf({
            ...EXISTING,
            ...{ "istio.replicas.min": "2", "istio.mtlsMode": "STRICT", "istio.hub": "mirror.example.com/istio" },
        }).map(({ key }) => key);
        assert.deepEqual(keys, ["istio.hub", "istio.replicas", "istio.mtlsMode"]);
    });

    it("are refused where they say how pods, namespaces and releases of the program's own Istio are made", () => {
        const refusedBy = (more: Record<string, string>): string[] =>
            problemsOf({ ...EXISTING, ...more }).map(({ key }) => key);
        assert.deepEqual(refusedBy({ pods: '{"istiod":{"priorityClassName":"high"},"cni":{"labels":{"a":"b"}}}' }), [
            "pods.istiod",
            "pods.cni",
        ]);
        assert.deepEqual(refusedBy({ ownNamespaces: '{"istio":{"labels":{"team":"mesh"}}}' }), ["ownNamespaces.istio"]);
        assert.deepEqual(refusedBy({ ownNamespaces: '{"istio":{"existing":false}}' }), ["ownNamespaces.istio"]);
        assert.deepEqual(refusedBy({ helmAtomic: "true" }), ["helmAtomic"]);
    });

    it("are taken where they say something of the program's own pods, or only what is so", () => {
        const { pods } = settingsOf({ ...EXISTING, pods: '{"labels":{"team":"mesh"},"jaeger":{"labels":{"a":"b"}}}' });
        assert.deepEqual([pods.frontend.labels, pods.jaeger.labels], [{ team: "mesh" }, { a: "b" }]);
        settingsOf({ ...EXISTING, ownNamespaces: '{"istio":{"existing":true}}' });
    });

    it("do not show a password that nothing would use", () => {
        const access = { "istio.chartAccess": '{"username":"reader"}', istioChartPassword: "geheim" };
        const problems = problemsOf({ ...EXISTING, ...access });
        assert.ok(problems.some(({ key }) => key === "istioChartPassword"));
        assert.doesNotMatch(JSON.stringify(problems), /geheim/);
    });

    it("take charts and their version for the gateway of the UI alone", () => {
        const gateway = {
            "ui.mode": "gateway",
            "ui.host": "traces.example.com",
            "ui.tls": '{"mode":"plainHttp"}',
            uiBasicAuth: '{"username":"anna","password":"long enough for everybody"}',
        };
        const charts = { "istio.chartSource": "https://charts.example.com/istio", "istio.version": "1.31.0" };
        assert.equal(settingsOf({ ...EXISTING, ...gateway, ...charts }).istio.version, "1.31.0");
        assert.deepEqual(
            problemsOf({ ...EXISTING, ...charts }).map(({ key }) => key),
            ["istio.version", "istio.chartSource"],
        );
    });

    it("take what the program itself must know of the platform and of the CNI plugin", () => {
        const values = '{"global":{"platform":"openshift"}}';
        assert.equal(settingsOf({ ...EXISTING, "istio.values": values }).istio.cni.mode, "installed");
        assert.equal(settingsOf({ ...EXISTING, "istio.cni.mode": "installed" }).istio.cni.mode, "installed");
    });

    it("leave providers of namespaces and authorizers to the cluster, which alone knows them", () => {
        settingsOf({ ...EXISTING, namespaces: '{"shop":{"provider":"other"}}' });
        settingsOf({
            ...EXISTING,
            ...{ "ui.mode": "gateway", "ui.host": "traces.example.com", "ui.tls": '{"mode":"plainHttp"}' },
            ...{ "ui.authentication": "external", "ui.externalAuthorizer": "oauth2-proxy" },
        });
    });
});
