import assert from "node:assert/strict";
import { runPreflight, type PreflightResult } from "../../../../cli/preflight/index";
import { planFor } from "../../../../cli/preflight/program";
import { resolveSettings } from "../../../../components/settings";
import { emptyCluster, forbidden, startFakeCluster, type FakeCluster } from "../../fakeCluster";

const HOST = "jaeger-collector.istio-system.svc.cluster.local";
const PROVIDER = { name: "tracing", opentelemetry: { service: HOST, port: 4317 } };

/** What the API server of a cluster with an Istio says, by path. */
type Objects = Record<string, unknown>;

const istiod = (revision = "default", namespace = "istio-system", labels = {}) => ({
    metadata: {
        name: revision === "default" ? "istiod" : `istiod-${revision}`,
        namespace,
        labels: { app: "istiod", "istio.io/rev": revision, "operator.istio.io/managed": "Reconcile", ...labels },
    },
});

const configMaps = (mesh: object = { extensionProviders: [PROVIDER] }, suffix = ""): Objects => ({
    [`/api/v1/namespaces/istio-system/configmaps/istio${suffix}`]: {
        metadata: { name: `istio${suffix}`, namespace: "istio-system" },
        data: { mesh: JSON.stringify(mesh) },
    },
    [`/api/v1/namespaces/istio-system/configmaps/istio-sidecar-injector${suffix}`]: {
        metadata: { name: `istio-sidecar-injector${suffix}`, namespace: "istio-system" },
        data: { values: JSON.stringify({ global: { tag: "1.31.1" } }) },
    },
});

const MESH: Objects = {
    "/apis/apps/v1/deployments": { items: [istiod()] },
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions": {
        items: [{ metadata: { name: "telemetries.telemetry.istio.io" } }],
    },
    "/api/v1/namespaces/istio-system": { metadata: { name: "istio-system" } },
    ...configMaps(),
};

describe("preflight of a stack with an existing Istio", () => {
    let cluster: FakeCluster | undefined;
    afterEach(() => cluster?.close());
    const look = async (objects: Objects = {}, istio: object = {}, more = {}): Promise<PreflightResult> => {
        const all: Objects = { ...MESH, ...objects };
        await cluster?.close();
        cluster = await startFakeCluster((request) => {
            const [path = ""] = request.path.split("?");
            if (!Object.hasOwn(all, path)) return emptyCluster(request);
            const body = all[path];
            return body === undefined ? undefined : body === "forbidden" ? forbidden(path) : { body };
        });
        const raw = { istio: JSON.stringify({ install: false, ...istio }), ...more };
        return runPreflight({ raw, kubeconfig: cluster.kubeconfig });
    };

    it("finds nothing, installs nothing, and says what stays the owner's", async () => {
        const { findings, outcomes, exitCode } = await look();
        assert.deepEqual([findings, exitCode], [[], 0]);
        const said = outcomes.map(({ check, passed, skipped }) => `${check}: ${passed ?? skipped ?? ""}`).join("\n");
        assert.match(said, /Istio: the revision default in istio-system, which its owner keeps managing/);
        assert.match(said, /mesh configuration: the provider tracing sends spans to the collector/);
        assert.match(said, /mesh-wide Telemetry: no other in the root namespace istio-system/);
        assert.match(said, /namespace istio-system: exists, and belongs to its owner/);
        assert.doesNotMatch(said, /other Istio|Istio's CRDs/);
    });

    it("asks for no right to change Istio, and for no room for istiod", () => {
        const { rights, releases, pods } = planFor(resolveSettings({ istio: '{"install":false}' }));
        const asked = new Set(rights.map(({ resource }) => resource));
        for (const resource of [
            "customresourcedefinitions.apiextensions.k8s.io",
            "mutatingwebhookconfigurations.admissionregistration.k8s.io",
            "horizontalpodautoscalers.autoscaling",
            "peerauthentications.security.istio.io",
        ])
            assert.ok(!asked.has(resource), resource);
        assert.deepEqual(releases, []);
        assert.ok(!("istiod" in pods));
        assert.ok(asked.has("telemetries.telemetry.istio.io"));
    });

    const mesh = "/api/v1/namespaces/istio-system/configmaps/istio";
    const telemetry = (metadata: object, spec = {}): Objects => ({
        "/apis/telemetry.istio.io/v1/telemetries": {
            items: [{ metadata: { name: "everything", namespace: "istio-system", ...metadata }, spec }],
        },
    });
    const wrong: [what: string, objects: Objects, istio: object, id: string, said: RegExp][] = [
        [
            "no Istio at all",
            { "/apis/apps/v1/deployments": { items: [] }, [mesh]: undefined },
            {},
            "mesh-control-plane",
            /istio\.install to true/,
        ],
        [
            "several revisions and none named",
            { "/apis/apps/v1/deployments": { items: [istiod(), istiod("canary")] } },
            {},
            "mesh-revisions",
            /pulumi config set --path istio\.revision canary/,
        ],
        [
            "another revision than the default one",
            {
                "/apis/apps/v1/deployments": { items: [istiod("canary")] },
                [mesh]: undefined,
                ...configMaps(undefined, "-canary"),
            },
            {},
            "mesh-revisions",
            /istio\.revision canary/,
        ],
        [
            "a control plane in another namespace",
            { "/apis/apps/v1/deployments": { items: [istiod("default", "mesh")] }, [mesh]: undefined },
            {},
            "mesh-control-plane",
            /istio\.namespace mesh/,
        ],
        [
            "an unknown provider",
            {},
            { provider: "other" },
            "mesh-provider-exists",
            /istio\.provider to one .*: tracing/,
        ],
        [
            "no Telemetry API",
            { "/apis/apiextensions.k8s.io/v1/customresourcedefinitions": { items: [] } },
            {},
            "telemetry-api-served",
            /base chart/,
        ],
        [
            "somebody else's mesh-wide Telemetry",
            telemetry({}),
            {},
            "mesh-telemetry-other",
            /kubectl delete telemetry everything -n istio-system/,
        ],
        [
            "an ambient namespace for the demo",
            {
                "/api/v1/namespaces/demo": {
                    metadata: {
                        name: "demo",
                        labels: { "istio.io/dataplane-mode": "ambient" },
                        managedFields: [{ manager: "pulumi-kubernetes-1" }],
                    },
                },
            },
            {},
            "namespace-ambient",
            /only waypoints and gateways/,
        ],
        [
            "a Jaeger of somebody else's beside istiod",
            {
                "/api/v1/namespaces/istio-system/services/jaeger-collector": {
                    metadata: { name: "jaeger-collector", namespace: "istio-system" },
                },
            },
            {},
            "jaeger-name-taken",
            /jaeger\.deploy to false/,
        ],
    ];
    for (const [what, objects, istio, id, said] of wrong)
        it(`refuses ${what} with exit code 1 and the next step`, async () => {
            const { findings, exitCode } = await look(objects, istio);
            assert.equal(exitCode, 1);
            const found = findings.find((one) => one.id === id);
            assert.ok(found, JSON.stringify(findings.map((one) => one.id)));
            assert.match(found.cure, said);
        });

    it("lists every control plane with its installer where none is chosen", async () => {
        const items = [istiod(), istiod("canary", "istio-system", { "app.kubernetes.io/version": "1.30.2" })];
        const { findings } = await look({ "/apis/apps/v1/deployments": { items } });
        const [found] = findings.filter(({ id }) => id === "mesh-revisions");
        assert.match(
            found?.got ?? "",
            /default \(istio-system\/istiod, .*canary \(istio-system\/istiod-canary, Istio 1\.30\.2 by istioctl/,
        );
    });

    it("takes the revision that is named, and lets Telemetries of others be", async () => {
        const objects = {
            ...{ "/apis/apps/v1/deployments": { items: [istiod(), istiod("canary")] } },
            ...configMaps(undefined, "-canary"),
            ...telemetry({ labels: { "istio.io/rev": "default" } }),
        };
        assert.deepEqual((await look(objects, { revision: "canary" })).findings, []);
    });

    it("leaves its own mesh-wide Telemetry and those with a selector alone", async () => {
        const own = { name: "mesh-default", managedFields: [{ manager: "pulumi-kubernetes-0123" }] };
        assert.deepEqual((await look(telemetry(own))).findings, []);
        const selected = telemetry({}, { selector: { matchLabels: { app: "shop" } } });
        assert.deepEqual((await look(selected)).findings, []);
        assert.deepEqual((await look(telemetry({ namespace: "shop" }))).findings, []);
    });

    it("skips what it may not read, and says so", async () => {
        const { skipped, exitCode } = await look({ [mesh]: "forbidden" });
        assert.ok(skipped.some(({ check }) => check === "mesh configuration"));
        assert.equal(exitCode, 0);
    });
});
