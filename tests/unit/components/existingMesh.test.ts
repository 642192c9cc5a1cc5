import assert from "node:assert/strict";
import { resolveExistingMesh, type ExistingMeshArgs } from "../../../components/existingMesh";
import { planProgram, type ExistingObjects, type Plan, type PlannedResource } from "../../../plan";
import { assertRefused } from "./refusals";

const HOST = "jaeger-collector.istio-system.svc.cluster.local";
const PROVIDER = { name: "jaeger", opentelemetry: { service: HOST, port: 4317 } };

/** The ConfigMaps of a mesh. */
function cluster(mesh: object, { tag = "1.31.1", revision = "" } = {}): ExistingObjects {
    const object = (name: string, data: object): [string, object] => [
        `istio-system/${name}${revision}`,
        { metadata: { namespace: "istio-system", name }, data },
    ];
    return new Map([
        object("istio", { mesh: JSON.stringify(mesh) }),
        object("istio-sidecar-injector", { values: JSON.stringify({ global: { tag } }) }),
    ]);
}

const plan = (istio: object, existing?: ExistingObjects, more = {}, resources: PlannedResource[] = []): Promise<Plan> =>
    planProgram(
        { istio: JSON.stringify({ install: false, ...istio }), ...more },
        "test",
        resources,
        undefined,
        existing,
    );
const ofType = ({ resources }: Plan, type: string): PlannedResource[] =>
    resources.filter((one) => one.type.endsWith(`:${type}`));

describe("the program with an existing Istio", () => {
    it("installs no chart and owns no namespace of Istio, and does all the rest", async () => {
        const found = await plan({ provider: "jaeger" }, cluster({ extensionProviders: [PROVIDER] }));
        assert.deepEqual(ofType(found, "Release"), []);
        assert.deepEqual(
            ofType(found, "Namespace").map(({ name }) => name),
            ["demo"],
        );
        assert.deepEqual(
            ofType(found, "Deployment")
                .map(({ name }) => name)
                .sort(),
            ["backend", "frontend", "jaeger"],
        );
        assert.equal(found.outputs["istioVersion"], "1.31.1");
        const [telemetry] = ofType(found, "Telemetry");
        const { tracing } = telemetry?.inputs["spec"] as { tracing: object[] };
        assert.deepEqual((tracing[0] as { providers: object }).providers, [{ name: "jaeger" }]);
    });

    it("writes its mesh-wide Telemetry into the root namespace that the mesh configuration names", async () => {
        const mesh = { rootNamespace: "mesh-root", extensionProviders: [PROVIDER] };
        const [telemetry] = ofType(await plan({ provider: "jaeger" }, cluster(mesh)), "Telemetry");
        assert.equal((telemetry?.inputs["metadata"] as { namespace: string }).namespace, "mesh-root");
    });

    it("concerns the one revision that is named, in labels of namespaces and of its own Telemetry", async () => {
        const istio = { provider: "jaeger", revision: "canary" };
        const existing = cluster({ extensionProviders: [PROVIDER] }, { revision: "-canary" });
        const found = await plan(istio, existing, { namespaces: '{"shop":{}}' });
        const labelsOf = (resource: PlannedResource | undefined): Record<string, string> =>
            (resource?.inputs["metadata"] as { labels: Record<string, string> }).labels;
        assert.equal(labelsOf(ofType(found, "Telemetry")[0])["istio.io/rev"], "canary");
        const [demo] = ofType(found, "Namespace");
        assert.deepEqual(labelsOf(demo), { "app.kubernetes.io/managed-by": "pulumi", "istio.io/rev": "canary" });
        assert.deepEqual(labelsOf(ofType(found, "NamespacePatch")[0]), { "istio.io/rev": "canary" });
    });

    it("injects pods that ask for a sidecar by themselves by that revision too", async () => {
        const existing = cluster({ extensionProviders: [PROVIDER] }, { revision: "-canary" });
        const ui = { mode: "gateway", host: "traces.example.com", tls: { mode: "plainHttp" }, jaegerAccess: "mesh" };
        const found = await plan({ provider: "jaeger", revision: "canary" }, existing, {
            ui: JSON.stringify(ui),
            uiBasicAuth: '{"username":"anna","password":"correct-horse-9"}',
            ownNamespaces: '{"demo":{"existing":true}}',
        });
        const [gateway, ...others] = ofType(found, "Release");
        assert.deepEqual(others, []);
        assert.equal((gateway?.inputs["values"] as { revision: string }).revision, "canary");
        const labels = ofType(found, "Deployment").map(({ inputs }) => {
            const { template } = inputs["spec"] as { template: { metadata: { labels: Record<string, string> } } };
            return [template.metadata.labels["sidecar.istio.io/inject"], template.metadata.labels["istio.io/rev"]];
        });
        assert.deepEqual(labels, Array(3).fill(["true", "canary"]));
    });

    it("leaves out of the Telemetry what an older Istio does not take", async () => {
        const tagsOf = async (tag: string): Promise<boolean> => {
            const existing = cluster({ extensionProviders: [PROVIDER] }, { tag });
            const [telemetry] = ofType(await plan({ provider: "jaeger" }, existing), "Telemetry");
            return JSON.stringify(telemetry?.inputs).includes("customTags");
        };
        assert.deepEqual(
            [await tagsOf("1.31.0"), await tagsOf("1.29.4"), await tagsOf("latest")],
            [true, false, false],
        );
    });

    it("restarts pods of the program when what their sidecars read at the start has changed, and only then", async () => {
        const hashOf = async (mesh: object): Promise<unknown> => {
            const found = await plan({ provider: "jaeger" }, cluster({ extensionProviders: [PROVIDER], ...mesh }));
            const template = (
                ofType(found, "Deployment").find(({ name }) => name === "backend")?.inputs["spec"] as {
                    template: { metadata: object };
                }
            ).template;
            return (template.metadata as { annotations: Record<string, string> }).annotations[
                "istio-tracing/sidecar-hash"
            ];
        };
        const [plain, logged, tuned] = [
            await hashOf({}),
            await hashOf({ accessLogFile: "/dev/stdout" }),
            await hashOf({ defaultConfig: { holdApplicationUntilProxyStarts: true } }),
        ];
        assert.equal(plain, logged);
        assert.notEqual(plain, tuned);
    });

    it("shows the sampling by the live mesh configuration", async () => {
        const existing = cluster({ extensionProviders: [PROVIDER] });
        const { outputs } = await plan({ provider: "jaeger" }, existing, {
            samplingPercent: "5",
            namespaces: '{"shop":{}}',
        });
        assert.deepEqual((outputs["effectiveSampling"] as Record<string, unknown>)["shop"], {
            percent: 5,
            decidedBy: "samplingPercent",
        });
    });

    it("plans without a cluster as if the mesh had what the settings need", async () => {
        const found = await plan({ provider: "jaeger", revision: "canary" }, undefined, {
            namespaces: '{"shop":{"provider":"other"}}',
        });
        assert.equal(ofType(found, "Telemetry").length, 2);
    });

    const refused: [what: string, istio: object, existing: ExistingObjects, said: RegExp][] = [
        ["no mesh configuration", {}, new Map(), /mesh-config-exists/],
        [
            "no provider",
            {},
            cluster({}),
            /expected a provider that accepts spans, which istio\.provider names: tracing/,
        ],
        [
            "a provider that takes no spans",
            { provider: "jaeger" },
            cluster({ extensionProviders: [{ name: "jaeger", prometheus: {} }] }),
            /mesh-provider-kind/,
        ],
        [
            "an Istio that is too old",
            { provider: "jaeger" },
            cluster({ extensionProviders: [PROVIDER] }, { tag: "1.20.1" }),
            /1\.22 or newer/,
        ],
    ];
    for (const [what, istio, existing, said] of refused)
        it(`registers nothing but what it reads, with ${what}`, async () => {
            const resources: PlannedResource[] = [];
            await assert.rejects(plan(istio, existing, {}, resources), said);
            assert.deepEqual(
                resources.filter(({ type }) => type.startsWith("kubernetes:")),
                [],
            );
        });
});

describe("ExistingMesh", () => {
    it("asks the stack's own Jaeger for spans when nothing else is said", () => {
        assert.equal(resolveExistingMesh("x", { namespace: "istio-system" }).collector.host, HOST);
    });

    it("refuses what is empty, huge or of another type", () => {
        const least: ExistingMeshArgs = { namespace: "istio-system" };
        assertRefused(resolveExistingMesh, least, {
            namespace: ["", "Mesh", 5, null],
            revision: ["1.31", "A", 5, null],
            rootNamespace: ["a.b", 5, null],
            provider: ["", "a b", "x".repeat(254), 5],
            tracingProviders: ["x", { shop: "a b" }, null],
            authorizer: ["", "a b", 5],
            namespaces: ["shop", [{ name: "Shop", labels: {}, complete: true }], null],
        });
    });
});
