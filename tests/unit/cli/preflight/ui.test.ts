import assert from "node:assert/strict";
import { runPreflight } from "../../../../cli/preflight/index";
import { planFor } from "../../../../cli/preflight/program";
import { resolveSettings } from "../../../../components/settings";
import { planProgram, type PlannedResource } from "../../../../plan";
import { emptyCluster, startFakeCluster, type Answer, type FakeCluster } from "../../fakeCluster";

const AUTH = { uiBasicAuth: '{"username":"anna","password":"correct-horse-9"}' };
const ui = (tls: object): Record<string, string> => ({
    ...{ ui: JSON.stringify({ mode: "gateway", host: "traces.example.com", tls }) },
    ...AUTH,
});
const selfSigned = { mode: "certManager", issuer: { type: "selfSigned" } };
const installed = ui({ ...selfSigned, certManager: "install" });
const withManager = ui(selfSigned);
const withSecret = ui({ mode: "secret", secretName: "traces-tls" });

describe("preflight of a stack with the Jaeger UI", () => {
    let cluster: FakeCluster | undefined;
    afterEach(() => cluster?.close());
    const idsOf = async (raw: Record<string, string>, answer: Answer): Promise<string[]> => {
        cluster = await startFakeCluster((request) => answer(request) ?? emptyCluster(request));
        const { findings } = await runPreflight({ raw, kubeconfig: cluster.kubeconfig });
        return findings.map(({ id, resource }) => `${id}: ${resource}`);
    };
    /** A cluster with these namespaces, and cert-manager's API if need be. */
    const having = (names: string[], served: boolean, manager = "kubectl-create"): Answer =>
        function answer({ path }) {
            const name = /^\/api\/v1\/namespaces\/([^/?]+)$/.exec(path)?.[1];
            if (name !== undefined)
                return names.includes(name) ? { body: { metadata: { name, managedFields: [{ manager }] } } } : missing;
            if (path === "/apis/cert-manager.io/v1") return served ? { body: { resources: [] } } : missing;
            return undefined;
        };
    const missing = { status: 404, body: {} };

    it("finds nothing on an empty cluster where the program brings all", async () => {
        assert.deepEqual(await idsOf(installed, having([], false)), []);
    });

    it("finds a namespace of the gateway or of cert-manager that somebody else made", async () => {
        assert.deepEqual(await idsOf(installed, having(["istio-ingress", "cert-manager"], false)), [
            "namespace-free: Namespace istio-ingress",
            "namespace-free: Namespace cert-manager",
        ]);
    });

    it("takes those for its own that Pulumi made", async () => {
        const own = having(["istio-ingress", "cert-manager"], true, "pulumi-kubernetes-1a2b");
        assert.deepEqual(await idsOf(installed, own), []);
    });

    it("does not ask for the namespace to be free that holds a Secret of the user's", async () => {
        const ids = await idsOf(withSecret, having(["istio-ingress"], false));
        assert.deepEqual(ids, ["ui-tls-secret: Secret istio-ingress/traces-tls"]);
    });

    it("finds a cert-manager that is missing, and one that is there already", async () => {
        assert.deepEqual(await idsOf(withManager, having([], false)), ["cert-manager-installed: cert-manager"]);
        await cluster?.close();
        assert.deepEqual(await idsOf(installed, having([], true)), ["cert-manager-installed: cert-manager"]);
    });
});

describe("what preflight believes of the UI", () => {
    it("are the namespaces that the program makes for it, with their names in it", async function () {
        this.timeout(60_000);
        for (const raw of [installed, withManager, withSecret, ui({ mode: "plainHttp" })]) {
            const made = (await planProgram(raw)).resources.filter(({ type }) => type.endsWith(":Namespace"));
            const plan = planFor(resolveSettings(raw));
            const known = [...Object.values(plan.namespaces), ...plan.further];
            const name = ({ inputs }: PlannedResource): unknown => (inputs["metadata"] as { name?: string }).name;
            const pair = (resource: PlannedResource): string => `${resource.name}: ${String(name(resource))}`;
            assert.deepEqual(
                known.map(({ resourceName, name }) => `${resourceName}: ${name}`).sort(),
                made.map(pair).sort(),
            );
        }
    });

    it("are the rights to install cert-manager, where the program does", () => {
        const asks = (raw: Record<string, string>, namespace: string, resource: string): boolean =>
            planFor(resolveSettings(raw)).rights.some(
                (right) => right.namespace === namespace && right.resource === resource,
            );
        for (const resource of ["deployments.apps", "serviceaccounts", "secrets", "services", "jobs.batch"]) {
            assert.equal(asks(installed, "cert-manager", resource), true, resource);
            assert.equal(asks(withManager, "cert-manager", resource), false, resource);
        }
        assert.equal(asks(installed, "kube-system", "roles.rbac.authorization.k8s.io"), true);
        assert.equal(asks(withManager, "kube-system", "roles.rbac.authorization.k8s.io"), false);
    });
});

describe("preflight of a traced namespace", () => {
    it("asks for the metadata of running pods alone, and sees which have no sidecar", async () => {
        const asked: string[] = [];
        const cluster = await startFakeCluster((request) => {
            const [path = ""] = request.path.split("?");
            if (path === "/api/v1/namespaces/shop") return { body: { metadata: { name: "shop" } } };
            if (path !== "/api/v1/namespaces/shop/pods") return emptyCluster(request);
            asked.push(decodeURIComponent(request.path));
            const annotations = { "sidecar.istio.io/status": "{}" };
            return { body: { items: [{ metadata: { name: "old" } }, { metadata: { name: "new", annotations } }] } };
        });
        try {
            const raw = { namespaces: '{"shop":{}}' };
            const { findings } = await runPreflight({ raw, kubeconfig: cluster.kubeconfig });
            assert.deepEqual(
                findings.map(({ id, got }) => `${id}: ${got}`),
                ["traced-namespace-sidecars: none in old"],
            );
            assert.match(asked.join(), /fieldSelector=status\.phase=Running,spec\.hostNetwork=false.*limit=250/);
        } finally {
            await cluster.close();
        }
    });

    it("sees that discoverySelectors leave it out with the labels that it has, and those that the program adds", async () => {
        const labels = { team: "b" };
        const cluster = await startFakeCluster((request) =>
            request.path === "/api/v1/namespaces/shop"
                ? { body: { metadata: { name: "shop", labels } } }
                : emptyCluster(request),
        );
        try {
            const found = async (...discoverySelectors: object[]): Promise<string[]> => {
                const own = { key: "kubernetes.io/metadata.name", operator: "In", values: ["istio-system", "demo"] };
                const meshConfig = { discoverySelectors: [{ matchExpressions: [own] }, ...discoverySelectors] };
                const raw = { namespaces: '{"shop":{}}', istio: JSON.stringify({ values: { meshConfig } }) };
                const { findings } = await runPreflight({ raw, kubeconfig: cluster.kubeconfig });
                return findings.map(({ id, got }) => `${id}: ${got}`);
            };
            assert.deepEqual(await found({ matchLabels: { team: "a" } }), [
                'namespace-discovered: {"team":"b","istio-injection":"enabled"}, which none selects',
            ]);
            assert.deepEqual(await found({ matchLabels: { team: "b", "istio-injection": "enabled" } }), []);
        } finally {
            await cluster.close();
        }
    });
});
