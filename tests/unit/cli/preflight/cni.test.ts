import assert from "node:assert/strict";
import { runPreflight } from "../../../../cli/preflight/index";
import { emptyCluster, forbidden, startFakeCluster, type Answer, type FakeCluster } from "../../fakeCluster";

const istio = (value: object): Record<string, string> => ({ istio: JSON.stringify(value) });
const INSTALL = istio({ cni: { mode: "install" } });
const INSTALLED = istio({ cni: { mode: "installed" } });
const RELEASED = {
    labels: { "app.kubernetes.io/managed-by": "Helm" },
    annotations: { "meta.helm.sh/release-name": "istio-cni", "meta.helm.sh/release-namespace": "kube-system" },
};

describe("preflight of a stack with Istio's CNI plugin", () => {
    let cluster: FakeCluster | undefined;
    afterEach(() => cluster?.close());
    const look = async (raw: Record<string, string>, answer: Answer = () => undefined) => {
        await cluster?.close();
        cluster = await startFakeCluster((request) => answer(request) ?? system(request) ?? emptyCluster(request));
        return runPreflight({ raw, kubeconfig: cluster.kubeconfig });
    };
    const idsOf = async (...args: Parameters<typeof look>): Promise<string[]> =>
        (await look(...args)).findings.map(({ severity, id, resource }) => `${severity} ${id}: ${resource}`);
    const system: Answer = ({ path }) =>
        path === "/api/v1/namespaces/kube-system" ? { body: { metadata: { name: "kube-system" } } } : undefined;
    /** A cluster with one agent. */
    const agent = (metadata: object, ready = 3): Answer =>
        function answer({ path }) {
            if (!path.startsWith("/apis/apps/v1/daemonsets?labelSelector=k8s-app%3Distio-cni-node")) return undefined;
            const status = { desiredNumberScheduled: 3, numberReady: ready };
            const of = { name: "istio-cni-node", namespace: "kube-system", ...metadata };
            return { body: { items: [{ metadata: of, status }] } };
        };

    it("finds nothing on an empty cluster where the program installs it", async () => {
        const { findings, outcomes } = await look(INSTALL);
        assert.deepEqual(findings, []);
        assert.ok(
            outcomes.some(({ check, passed }) => check === "Istio's CNI plugin" && /none yet/.test(passed ?? "")),
        );
    });

    it("asks the quota of the agent's namespace for a pod on every node", async () => {
        const quotas: Answer = ({ path }) => {
            const [plain = ""] = path.split("?");
            const node = (name: string): object => ({
                metadata: { name },
                status: {
                    allocatable: { cpu: "8", memory: "16Gi" },
                    nodeInfo: { architecture: "amd64" },
                    conditions: [{ type: "Ready", status: "True" }],
                },
            });
            if (plain === "/api/v1/nodes") return { body: { items: ["a", "b", "c"].map(node) } };
            if (plain !== "/api/v1/namespaces/kube-system/resourcequotas") return undefined;
            const metadata = { name: "system", namespace: "kube-system" };
            const status = { hard: { "requests.cpu": "250m" }, used: { "requests.cpu": "0" } };
            return { body: { items: [{ metadata, status }] } };
        };
        const { findings } = await look(INSTALL, quotas);
        const quota = findings.find(({ id }) => id === "quota");
        assert.equal(quota?.resource, "ResourceQuota kube-system/system");
        assert.match(quota.expected, /^room for 300m of cpu, which cni request$/);
        assert.match(quota.cure, /resources\.cni\.requests\.cpu/);
        assert.deepEqual(await idsOf({}, quotas), []);
    });

    it("does not look for it where pods have istio-init", async () => {
        const { outcomes } = await look({});
        assert.ok(!outcomes.some(({ check }) => check.includes("CNI")));
    });

    it("finds an agent that is missing, without which pods with sidecars would hang", async () => {
        const { findings } = await look(INSTALLED);
        assert.deepEqual(
            findings.map(({ id, severity }) => [id, severity]),
            [["cni-agent-exists", "error"]],
        );
        assert.match(findings[0]?.got ?? "", /Init:CrashLoopBackOff/);
        assert.match(findings[0]?.cure ?? "", /pulumi config set --path istio\.cni\.mode install/);
        assert.deepEqual(await idsOf(istio({ values: { global: { platform: "openshift" } } })), [
            "error cni-agent-exists: DaemonSets with the label k8s-app=istio-cni-node",
        ]);
    });

    it("finds that its own agent is gone, which Helm still believes to be there", async () => {
        const name = "sh.helm.release.v1.istio-cni.v1";
        const labels = { owner: "helm", name: "istio-cni", status: "deployed", version: "1" };
        const recorded: Answer = ({ path }) =>
            path.startsWith("/api/v1/namespaces/kube-system/secrets")
                ? { body: { items: [{ metadata: { name, namespace: "kube-system", labels } }] } }
                : undefined;
        const { findings } = await look(INSTALL, recorded);
        assert.match(findings.find(({ id }) => id === "cni-agent-exists")?.cure ?? "", /helm uninstall istio-cni/);
    });

    it("takes the agent of the cluster, and its own of an earlier update", async () => {
        assert.deepEqual(await idsOf(INSTALLED, agent({})), []);
        assert.deepEqual(await idsOf(INSTALL, agent(RELEASED)), []);
    });

    it("finds an agent of another installer where the program would install one", async () => {
        assert.deepEqual(await idsOf(INSTALL, agent({})), [
            "error cni-agent-free: DaemonSet kube-system/istio-cni-node",
        ]);
    });

    it("warns of nodes on which the agent is not ready", async () => {
        const { findings } = await look(INSTALLED, agent({}, 1));
        assert.deepEqual([findings[0]?.id, findings[0]?.severity], ["cni-agent-ready", "warning"]);
        assert.match(findings[0]?.expected ?? "", /all 3 nodes/);
        assert.match(findings[0]?.got ?? "", /^on 1;/);
    });

    it("finds a namespace for the agent that is missing, or that rejects it", async () => {
        const raw = istio({ cni: { mode: "install", namespace: "cni" } });
        assert.deepEqual(await idsOf(raw), ["error cni-namespace-exists: Namespace cni"]);
        const labels = { "pod-security.kubernetes.io/enforce": "baseline" };
        const closed: Answer = ({ path }) =>
            path === "/api/v1/namespaces/cni" ? { body: { metadata: { name: "cni", labels } } } : undefined;
        assert.deepEqual(await idsOf(raw, closed), ["error cni-namespace-admits: Namespace cni"]);
    });

    it("does not ask for the namespace of istiod, which the program makes", async () => {
        assert.deepEqual(await idsOf(istio({ cni: { mode: "install", namespace: "istio-system" } })), []);
    });

    it("says that it could not look where DaemonSets may not be listed", async () => {
        const { skipped } = await look(INSTALLED, ({ path }) =>
            path.startsWith("/apis/apps/v1/daemonsets") ? forbidden("daemonsets") : undefined,
        );
        assert.deepEqual(
            skipped.map(({ check }) => check),
            ["Istio's CNI plugin"],
        );
    });

    it("lets a namespace with Pod Security restricted have pods with sidecars", async () => {
        const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
        const demo: Answer = (request) =>
            request.path === "/api/v1/namespaces/demo"
                ? { body: { metadata: { name: "demo", labels } } }
                : agent({})(request);
        const existing = { ownNamespaces: '{"demo":{"existing":true}}' };
        assert.deepEqual(await idsOf({ ...INSTALLED, ...existing }, demo), []);
        const { findings } = await look(existing, demo);
        assert.deepEqual([findings[0]?.id], ["pod-security-admits-sidecars"]);
        assert.match(findings[0]?.cure ?? "", /istio\.cni\.mode install/);
    });
});
