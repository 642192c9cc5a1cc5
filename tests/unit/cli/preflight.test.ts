import assert from "node:assert/strict";
import { runPreflight } from "../../../cli/preflight/index";
import { formatJson, formatReport } from "../../../cli/preflight/report";
import { SettingsError } from "../../../components/settings/problems";
import { UserError } from "../../../shared/terminal/errors";
import { emptyCluster, forbidden, startFakeCluster, type Answer, type FakeCluster } from "../fakeCluster";

const CALL = { stack: undefined, context: undefined, kubeconfig: undefined };

describe("preflight of a cluster that answers", () => {
    let cluster: FakeCluster | undefined;
    const start = async (answer: Answer): Promise<string> => {
        cluster = await startFakeCluster(answer);
        return cluster.kubeconfig;
    };
    afterEach(() => cluster?.close());

    it("finds nothing on an empty cluster, says what it looked at, and ends with pulumi up", async () => {
        const result = await runPreflight({ kubeconfig: await start(emptyCluster) });
        assert.deepEqual(result.findings, []);
        assert.deepEqual(result.skipped, []);
        assert.equal(result.exitCode, 0);
        const report = formatReport(result, { ...CALL, stack: "dev" });
        for (const { check, passed } of result.outcomes) assert.ok(report.includes(check) && passed, check);
        assert.match(report, /0 errors, 0 warnings\. Next, start a first install:\n {2}pulumi up -s dev$/);
    });

    it("writes nothing: it gets, and posts only reviews that nobody stores", async () => {
        await runPreflight({ kubeconfig: await start(emptyCluster) });
        const posts = cluster?.requests.filter((request) => !request.startsWith("GET ")) ?? [];
        assert.ok(posts.length >= 2);
        for (const post of posts)
            assert.match(post, /^POST \/apis\/auth(entication|orization)\.k8s\.io\/v1\/selfsubject/);
    });

    it("says which checks it had to skip with fewer rights, and why", async () => {
        const result = await runPreflight({
            kubeconfig: await start((request) =>
                request.path.startsWith("/api/v1/namespaces/istio-system/secrets")
                    ? forbidden("secrets")
                    : emptyCluster(request),
            ),
        });
        assert.deepEqual(result.skipped, [{ check: "Helm releases", reason: 'User "jane" cannot do that' }]);
        assert.equal(result.exitCode, 0);
        assert.match(formatReport(result, CALL), /skipped +Helm releases +User "jane" cannot do that/);
    });

    it("asks for every right when the user is no administrator, and names what is denied", async () => {
        const result = await runPreflight({
            kubeconfig: await start((request) => {
                const denied = /"verb":"\*"|"resource":"customresourcedefinitions"/.test(request.body);
                return denied ? { status: 201, body: { status: { allowed: false } } } : emptyCluster(request);
            }),
        });
        assert.deepEqual(
            result.findings.map(({ id, got }) => `${id}: ${got}`),
            [
                "rights-sufficient: denied to admin: create, get, patch, delete: customresourcedefinitions.apiextensions.k8s.io",
            ],
        );
        assert.equal(result.exitCode, 1);
    });

    it("calls it an update when Pulumi installed this program's Istio there", async () => {
        const helm = {
            labels: { "app.kubernetes.io/managed-by": "Helm", app: "istiod" },
            annotations: { "meta.helm.sh/release-name": "istiod", "meta.helm.sh/release-namespace": "istio-system" },
        };
        const made = { managedFields: [{ manager: "pulumi-kubernetes" }] };
        const result = await runPreflight({
            kubeconfig: await start((request) => {
                if (request.path.startsWith("/apis/apps/v1/deployments")) {
                    return { body: { items: [{ metadata: { name: "istiod", namespace: "istio-system", ...helm } }] } };
                }
                const namespace = /^\/api\/v1\/namespaces\/([^/]+)$/.exec(request.path)?.[1];
                return namespace === undefined
                    ? emptyCluster(request)
                    : { body: { metadata: { name: namespace, ...made } } };
            }),
        });
        assert.deepEqual(result.findings, []);
        assert.equal(result.update, true);
    });

    it("looks for a collector of the user's own", async () => {
        const raw = { collectorAddress: "otel.obs.svc.cluster.local:4317" };
        const result = await runPreflight({ raw, kubeconfig: await start(emptyCluster) });
        assert.deepEqual(
            result.findings.map(({ id }) => id),
            ["collector-service-exists"],
        );
        assert.match(
            formatReport(result, CALL),
            /Nothing was written\. Fix the errors, then run:\n {2}npm run preflight$/,
        );
    });

    it("asks nothing of a collector outside of the cluster", async () => {
        const raw = { collectorAddress: "otel.example.com:4317" };
        const result = await runPreflight({ raw, kubeconfig: await start(emptyCluster) });
        assert.deepEqual(result.findings, []);
        assert.match(formatReport(result, CALL), /otel\.example\.com:4317, outside this cluster/);
    });

    it("gives programs the findings and the skipped checks, and nothing else", async () => {
        const result = await runPreflight({ kubeconfig: await start(emptyCluster) });
        assert.deepEqual(JSON.parse(formatJson(result)), { findings: [], skipped: [] });
    });

    it("tells how pulumi up is pointed at the same cluster", async () => {
        const result = await runPreflight({ kubeconfig: await start(emptyCluster) });
        const report = formatReport(result, { stack: "prod", context: "eu", kubeconfig: "/tmp/k" });
        assert.match(
            report,
            /pulumi config set kubernetes:context eu -s prod\n {2}KUBECONFIG=\/tmp\/k pulumi up -s prod$/,
        );
    });
});

describe("preflight of settings that cannot be used", () => {
    it("names every problem at once, before it looks at a cluster", async () => {
        await assert.rejects(
            runPreflight({ raw: { samplingPercent: "101", collectorAddress: "jaeger" }, kubeconfig: "/nowhere" }),
            (error) => error instanceof SettingsError && error.problems.length === 2,
        );
    });

    it("names the stacks that there are when the one asked for is not", async () => {
        await assert.rejects(
            runPreflight({ stack: "nonesuch" }),
            (error) => error instanceof UserError && error.exitCode === 2 && /ci, dev/.test(error.message),
        );
    });
});
