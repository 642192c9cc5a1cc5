import assert from "node:assert/strict";
import { assumedObjects } from "../../../components/assumedMesh";
import { planProgram, type ExistingObjects, type PlannedResource } from "../../../plan";
import { emptyCluster, startFakeCluster, type FakeCluster } from "../fakeCluster";

const URN = "urn:pulumi:test::istio-tracing::";
const RELEASE = "kubernetes:helm.sh/v3:Release";
const OWN = ["istio-base", "istio-istiod"].map((name) => `${URN}istio-tracing:components:Istio$${RELEASE}::${name}`);

/** A stack that has these resources. */
const stackWith = (...urns: string[]): ExistingObjects =>
    new Map<string, object>([
        ["pulumi:pulumi:readStackOutputs", { outputs: { istioVersion: "1.31.1" } }],
        [
            "pulumi:pulumi:readStackResourceOutputs",
            { outputs: Object.fromEntries(urns.map((urn) => [urn, { type: RELEASE, outputs: {} }])) },
        ],
    ]);
const release = (name: string) => ({ name, namespace: "istio-system", version: "1.31.1", values: {} });
const istioOf = (settings: object): Record<string, string> => ({ istio: JSON.stringify(settings) });

describe("whose Istio a stack traces", () => {
    let cluster: FakeCluster | undefined;
    afterEach(() => cluster?.close());
    const plan = async (config: Record<string, string>, existing: ExistingObjects): Promise<PlannedResource[]> => {
        const registered: PlannedResource[] = [];
        await planProgram(config, "test", registered, undefined, existing).catch((error: unknown) => {
            assert.deepEqual(
                registered.filter(({ type }) => type.startsWith("kubernetes:")),
                [],
            );
            // The reason itself, and not what fails because of it.
            assert.doesNotMatch((error as Error).message, /error serializing/);
            throw error;
        });
        return registered;
    };
    const foreign = async (release: string): Promise<Record<string, string>> => {
        const metadata = {
            name: "istiod",
            namespace: "istio-system",
            labels: { app: "istiod", "istio.io/rev": "default", "app.kubernetes.io/managed-by": "Helm" },
            annotations: {
                "meta.helm.sh/release-name": release,
                "meta.helm.sh/release-namespace": "istio-system",
            },
        };
        cluster = await startFakeCluster((request) =>
            request.path.startsWith("/apis/apps/v1/deployments?")
                ? { body: { items: [{ metadata }] } }
                : request.path === "/api/v1/namespaces/istio-system"
                  ? { body: { metadata: { name: "istio-system" } } }
                  : emptyCluster(request),
        );
        return { "kubernetes:kubeconfig": cluster.kubeconfig };
    };

    it("does not become somebody else's while the stack's own would be removed for it", async () => {
        const config = istioOf({ install: false });
        const existing = new Map([...assumedObjects(config), ...stackWith(...OWN)]);
        await assert.rejects(plan(config, existing), /istio-base, istio-istiod, which the update would remove/);
    });

    it("becomes somebody else's by an adoption, and the releases stay where they are", async () => {
        const adopted = { istiod: release("istiod"), base: release("istio-base") };
        const config = istioOf({ install: false, adopted });
        const existing = new Map([...assumedObjects(config), ...stackWith(...OWN)]);
        const names = (await plan(config, existing)).filter(({ type }) => type === RELEASE).map(({ name }) => name);
        assert.deepEqual(names.sort(), ["adopted-istio-base", "adopted-istio-istiod"]);
    });

    it("stays somebody else's in every later update", async () => {
        const config = istioOf({ install: false });
        const jaeger = `${URN}istio-tracing:components:Jaeger$kubernetes:apps/v1:Deployment::jaeger`;
        await plan(config, new Map([...assumedObjects(config), ...stackWith(jaeger)]));
    });

    it("does not become the stack's own over one that is there, whatever its releases are called", async () => {
        for (const name of ["mesh", "istiod"]) {
            const target = await foreign(name);
            await assert.rejects(plan(target, stackWith()), /npm run adopt/);
            await assert.rejects(plan(target, new Map()), /npm run adopt/);
            await cluster?.close();
        }
    });

    it("stays the stack's own without a look at the cluster", async () => {
        const target = await foreign("istiod");
        await plan(target, stackWith(...OWN));
        assert.deepEqual(cluster?.requests, []);
    });
});
