import assert from "node:assert/strict";
import { runPreflight } from "../../../../cli/preflight/index";
import { planFor } from "../../../../cli/preflight/program";
import { WORKLOADS } from "../../../../components/pods";
import { resolveSettings } from "../../../../components/settings";
import type { Finding } from "../../../../checks/finding";
import { emptyCluster, forbidden, startFakeCluster, type Answer, type FakeCluster } from "../../fakeCluster";

const pods = (value: object): Record<string, string> => ({ pods: JSON.stringify(value) });
const UI = {
    ui: JSON.stringify({
        ...{ mode: "gateway", host: "traces.example.com" },
        tls: { mode: "certManager", certManager: "install", issuer: { type: "selfSigned" } },
    }),
    uiBasicAuth: '{"username":"anna","password":"correct-horse-9"}',
    istio: '{"cni":{"mode":"install"}}',
    metrics: '{"deployPrometheus":true,"fromSampledSpans":true}',
};
const DOCTOR = { doctor: '{"enabled":true,"image":"registry.example.com/tracing-doctor:1"}' };

describe("preflight of a stack whose pods need more than a node", () => {
    let cluster: FakeCluster | undefined;
    afterEach(() => cluster?.close());
    const look = async (raw: Record<string, string>, answer: Answer = () => undefined) => {
        cluster = await startFakeCluster((request) => answer(request) ?? emptyCluster(request));
        return runPreflight({ raw, kubeconfig: cluster.kubeconfig });
    };
    const shown = (findings: Finding[]): string[] =>
        findings.map(({ severity, id, resource }) => `${severity} ${id}: ${resource}`);
    const missing = { status: 404, body: {} };

    /** One node with a taint and a label, a PriorityClass, and no Secret. */
    const platform: Answer = (request) => {
        const [path = ""] = request.path.split("?");
        if (path === "/api/v1/nodes") {
            const status = {
                allocatable: { cpu: "8", memory: "16Gi" },
                nodeInfo: { architecture: "amd64" },
                conditions: [{ type: "Ready", status: "True" }],
            };
            const spec = { taints: [{ key: "dedicated", value: "mesh", effect: "NoSchedule" }] };
            return { body: { items: [{ metadata: { name: "n1", labels: { pool: "mesh" } }, spec, status }] } };
        }
        if (path === "/apis/scheduling.k8s.io/v1/priorityclasses")
            return { body: { items: [{ metadata: { name: "platform-high" } }] } };
        return /\/namespaces\/[^/]+\/secrets\/login/.test(path) ? missing : undefined;
    };

    it("finds nothing where the cluster has what the settings ask for", async () => {
        const asked = {
            tolerations: [{ key: "dedicated", operator: "Exists" }],
            nodeSelector: { pool: "mesh" },
            priorityClassName: "platform-high",
        };
        const result = await look(pods(asked), platform);
        assert.deepEqual(result.findings, []);
        assert.ok(result.outcomes.some(({ check, passed }) => check === "priority classes" && passed));
    });

    it("names what an old cluster refuses of pods that sleep before they end, before anything is written", async () => {
        const old: Answer = (request) =>
            request.path === "/version" ? { body: { gitVersion: "v1.29.8" } } : platform(request);
        const { findings } = await look({ collectorTier: '{"enabled":true,"keep":{"slowMs":500}}' }, old);
        const [found] = findings.filter(({ id }) => id === "pre-stop-sleep");
        assert.match(found?.cure ?? "", /demo\.deploy, collectorTier\.enabled/);
    });

    it("names the setting of each thing that the cluster lacks", async () => {
        const { findings } = await look(
            pods({ jaeger: { nodeSelector: { disk: "ssd" }, priorityClassName: "high" } }),
            platform,
        );
        assert.deepEqual(shown(findings), [
            "warning pods-node-selector: pods.jaeger.nodeSelector",
            "warning pods-tolerations: pods.tolerations",
            "error priority-class-exists: pods.jaeger.priorityClassName",
        ]);
    });

    it("looks for pull secrets in every namespace with pods or sidecars that need them", async () => {
        const raw = {
            ...pods({ imagePullSecrets: ["login"], tolerations: [{ operator: "Exists" }] }),
            ...{ namespaces: '{"shop":{},"other":{"injection":"none"}}', ...UI },
        };
        const { findings } = await look(raw, platform);
        const named = findings.filter(({ id }) => id === "pull-secret-exists");
        assert.deepEqual(named.map(({ expected }) => /Secret (\S+),/.exec(expected)?.[1]).sort(), [
            "cert-manager/login",
            "demo/login",
            "istio-ingress/login",
            "istio-system/login",
            "kube-system/login",
            "shop/login",
        ]);
    });

    it("says that it could not look where Secrets may not be read", async () => {
        const { skipped } = await look(pods({ imagePullSecrets: ["login"] }), ({ path }) =>
            path.includes("/secrets/login") ? forbidden("secrets") : undefined,
        );
        assert.deepEqual(
            skipped.map(({ check }) => check),
            ["pull secrets"],
        );
    });

    it("knows every workload that the setting names", () => {
        const tier = { ...UI, metrics: "{}", collectorTier: '{"enabled":true,"keep":{"restPercent":1}}' };
        const known = [{ ...UI, ...DOCTOR }, tier].flatMap((raw) => Object.keys(planFor(resolveSettings(raw)).pods));
        assert.deepEqual([...new Set(known)].sort(), [...WORKLOADS].sort());
    });
});
