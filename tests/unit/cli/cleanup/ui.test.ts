import assert from "node:assert/strict";
import { runCleanup } from "../../../../cli/cleanup/index";
import { emptyCluster, startFakeCluster } from "../../fakeCluster";

const owned = {
    labels: { "app.kubernetes.io/managed-by": "Helm" },
    annotations: { "meta.helm.sh/release-name": "istio-base", "meta.helm.sh/release-namespace": "istio-system" },
};
const PLURALS: Record<string, string> = {
    gateways: "Gateway",
    virtualservices: "VirtualService",
    authorizationpolicies: "AuthorizationPolicy",
    telemetries: "Telemetry",
};

describe("a cleanup's dry run before a destroy, of a stack with the Jaeger UI", () => {
    const run = async (tls: object, more: { name: string; namespace: string }[] = []): Promise<string[]> => {
        const cluster = await startFakeCluster((request) => {
            const [path = ""] = request.path.split("?");
            if (path.endsWith("/customresourcedefinitions")) {
                const items = Object.entries(PLURALS).map(([plural, kind]) => ({
                    metadata: { name: `${plural}.networking.istio.io`, ...owned },
                    spec: {
                        ...{ group: "networking.istio.io", names: { plural, kind } },
                        versions: [{ name: "v1", storage: true }],
                    },
                }));
                return { body: { items } };
            }
            const plural = /^\/apis\/networking\.istio\.io\/v1\/(\w+)$/.exec(path)?.[1];
            if (plural === undefined) return emptyCluster(request);
            const ours = { name: "jaeger-ui", namespace: "istio-ingress" };
            return { body: { items: [ours, ...more].map((metadata) => ({ metadata })) } };
        });
        try {
            const raw = {
                ui: JSON.stringify({ mode: "gateway", host: "traces.example.com", tls }),
                ...{ uiBasicAuth: '{"username":"anna","password":"correct-horse-9"}', istio: '{"keepCrds":false}' },
            };
            const { findings } = await runCleanup({ raw, kubeconfig: cluster.kubeconfig, dryRun: true });
            return findings.map(({ id, resource }) => `${id}: ${resource}`);
        } finally {
            await cluster.close();
        }
    };

    it("calls none of the gateway's own objects foreign, in a namespace of the program's", async () => {
        assert.deepEqual(await run({ mode: "plainHttp" }), []);
        assert.deepEqual(await run({ mode: "certManager", issuer: { type: "selfSigned" } }), []);
    });

    it("calls none of them foreign in a namespace that is its owner's", async () => {
        assert.deepEqual(await run({ mode: "secret", secretName: "traces-tls" }), []);
    });

    it("still names those of other people there", async () => {
        const [found] = await run({ mode: "secret", secretName: "x" }, [{ name: "shop", namespace: "istio-ingress" }]);
        assert.match(found ?? "", /^crds-in-use: Gateway istio-ingress\/shop, /);
    });
});
