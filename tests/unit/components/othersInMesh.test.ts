import assert from "node:assert/strict";
import { planProgram, type ExistingObjects, type PlannedResource } from "../../../plan";
import { emptyCluster, forbidden, startFakeCluster, type FakeCluster } from "../fakeCluster";

const HOST = "jaeger-collector.istio-system.svc.cluster.local";
const MESH: ExistingObjects = new Map([
    [
        "istio-system/istio",
        {
            metadata: { namespace: "istio-system", name: "istio" },
            data: {
                mesh: JSON.stringify({
                    rootNamespace: "mesh-root",
                    extensionProviders: [{ name: "tracing", opentelemetry: { service: HOST, port: 4317 } }],
                }),
            },
        },
    ],
    [
        "istio-system/istio-sidecar-injector",
        {
            metadata: { namespace: "istio-system", name: "istio-sidecar-injector" },
            data: { values: JSON.stringify({ global: { tag: "1.31.1" } }) },
        },
    ],
]);

const istiod = (revision: string, namespace = "istio-system") => ({
    metadata: { name: `istiod-${revision}`, namespace, labels: { app: "istiod", "istio.io/rev": revision } },
});
const ISTIODS = "/apis/apps/v1/deployments";
const TELEMETRIES = "/apis/telemetry.istio.io/v1/namespaces/mesh-root/telemetries";
const telemetry = (metadata: object) => ({ items: [{ metadata: { namespace: "mesh-root", ...metadata } }] });
const HEALTHY = { [ISTIODS]: { items: [istiod("default")] } };
const namespace = (name: string, labels: Record<string, string>) => ({
    [`/api/v1/namespaces/${name}`]: { metadata: { name, labels } },
});
const AMBIENT = { "istio.io/dataplane-mode": "ambient" };

describe("the program in a cluster in which others have something too", () => {
    let cluster: FakeCluster | undefined;
    afterEach(() => cluster?.close());
    const plan = async (
        objects: Record<string, unknown>,
        more: Record<string, string> = {},
    ): Promise<{ messages: string[]; registered: PlannedResource[] }> => {
        const all: Record<string, unknown> = { ...HEALTHY, ...objects };
        await cluster?.close();
        cluster = await startFakeCluster((request) => {
            const [path = ""] = request.path.split("?");
            if (!Object.hasOwn(all, path)) return emptyCluster(request);
            return all[path] === "forbidden" ? forbidden(path) : { body: all[path] };
        });
        const config = { istio: '{"install":false}', "kubernetes:kubeconfig": cluster.kubeconfig, ...more };
        const registered: PlannedResource[] = [];
        const { messages } = await planProgram(config, "test", registered, undefined, MESH).catch((error: unknown) => {
            assert.deepEqual(
                registered.filter(({ type }) => type.startsWith("kubernetes:")),
                [],
            );
            // The reason itself, and not what fails because of it.
            assert.doesNotMatch((error as Error).message, /error serializing/);
            throw error;
        });
        return { messages, registered };
    };

    it("writes what it always does where nobody else has anything", async () => {
        const { registered, messages } = await plan({});
        assert.ok(registered.some(({ type }) => type.endsWith(":Telemetry")));
        assert.doesNotMatch(messages.join("\n"), /mesh-/);
    });

    const refused: [what: string, objects: Record<string, unknown>, said: RegExp, more?: Record<string, string>][] = [
        [
            "several revisions of which none is named",
            { [ISTIODS]: { items: [istiod("default"), istiod("canary")] } },
            /no revision is set; the cluster has default .*canary.*istio\.revision canary.*\(mesh-revisions\)/,
        ],
        [
            "a control plane in another namespace",
            { [ISTIODS]: { items: [istiod("default", "mesh")] } },
            /istio\.namespace mesh.*\(mesh-control-plane\)/,
        ],
        [
            "another mesh-wide Telemetry in the root namespace that the mesh configuration names",
            { [TELEMETRIES]: telemetry({ name: "everything" }) },
            /Telemetry mesh-root\/everything.*\(mesh-telemetry-other\)/,
        ],
        [
            "an ambient namespace for the demo",
            namespace("demo", AMBIENT),
            /Namespace demo: .*dataplane-mode=ambient.*only waypoints.*\(namespace-ambient\)/,
        ],
        [
            "an ambient namespace to trace",
            namespace("shop", AMBIENT),
            /Namespace shop: .*\(namespace-ambient\)/,
            { namespaces: '{"shop":{}}' },
        ],
        [
            "a Jaeger of somebody else's beside istiod",
            {
                "/apis/apps/v1/namespaces/istio-system/deployments/jaeger": {
                    metadata: { name: "jaeger", namespace: "istio-system" },
                },
            },
            /Deployment istio-system\/jaeger.*\(jaeger-name-taken\)/,
        ],
    ];
    for (const [what, objects, said, more] of refused)
        it(`registers nothing with ${what}, and says why`, async () => {
            await assert.rejects(plan(objects, more), said);
        });

    it("says everything at once", async () => {
        const objects = { ...namespace("demo", AMBIENT), [TELEMETRIES]: telemetry({ name: "everything" }) };
        await assert.rejects(plan(objects), /mesh-telemetry-other[^]*namespace-ambient/);
    });

    it("lets be what does not concern its own revision, its own Telemetry, and Telemetries with a selector", async () => {
        await plan({ [TELEMETRIES]: telemetry({ name: "other", labels: { "istio.io/rev": "canary" } }) });
        const own = { name: "mesh-default", managedFields: [{ manager: "pulumi-kubernetes-0123" }] };
        await plan({ [TELEMETRIES]: telemetry(own) });
        await plan({
            [TELEMETRIES]: {
                items: [
                    {
                        metadata: { name: "one-app", namespace: "mesh-root" },
                        spec: { selector: { matchLabels: { app: "shop" } } },
                    },
                ],
            },
        });
    });

    it("warns where it may not look, with the command for somebody who may, and goes on", async () => {
        const { messages, registered } = await plan({ [ISTIODS]: "forbidden" });
        assert.match(
            messages.join("\n"),
            /control planes of other revisions: .*npm run preflight.*mesh-others-unknown/,
        );
        assert.ok(registered.some(({ type }) => type.endsWith(":Telemetry")));
    });

    it("warns of a mesh without istiod, which may run elsewhere", async () => {
        const { messages } = await plan({ [ISTIODS]: { items: [] } });
        assert.match(messages.join("\n"), /none in this cluster.*mesh-control-plane/);
    });

    it("warns where there is no cluster to ask", async () => {
        cluster = await startFakeCluster(emptyCluster);
        const { kubeconfig } = cluster;
        await cluster.close();
        cluster = undefined;
        const config = { istio: '{"install":false}', "kubernetes:kubeconfig": kubeconfig };
        const { messages } = await planProgram(config, "test", [], undefined, MESH);
        assert.match(messages.join("\n"), /mesh-others-unknown/);
        const named = { ...config, "kubernetes:context": "elsewhere" };
        const { messages: said } = await planProgram(named, "test", [], undefined, MESH);
        assert.match(said.join("\n"), /got .*it has test, other.*mesh-others-unknown/);
    });
});
