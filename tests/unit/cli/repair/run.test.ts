import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { runRepair, type RepairResult } from "../../../../cli/repair/index";
import { startFakeCluster, type FakeCluster } from "../../fakeCluster";

const release = {
    ...{ urn: "urn:pulumi:dev::istio-tracing::kubernetes:helm.sh/v3:Release::istiod", custom: true },
    ...{ type: "kubernetes:helm.sh/v3:Release", inputs: { name: "istiod", namespace: "old-istio" } },
    outputs: { status: { status: "deployed" } },
};
const secret = (namespace: string) => ({
    metadata: {
        ...{ name: "sh.helm.release.v1.istiod.v1", namespace, creationTimestamp: "2026-01-01T00:00:00Z" },
        labels: { owner: "helm", name: "istiod", version: "1", status: "deployed" },
    },
});

describe("a repair with a Pulumi CLI on the PATH", () => {
    let folder: string;
    let cluster: FakeCluster;
    const before = { ...process.env };
    beforeEach(async () => {
        folder = mkdtempSync(join(tmpdir(), "repair-run-"));
        cluster = await startFakeCluster(({ path }) => {
            const [, namespace = ""] = /namespaces\/([^/]+)\/secrets/.exec(path) ?? [];
            if (namespace === "") return undefined;
            return { body: { items: namespace === "old-istio" ? [secret(namespace)] : [] } };
        });
        const answers = {
            ls: JSON.stringify([{ name: "dev" }, { name: "acme/ci" }, { name: "corp/ci" }]),
            export: JSON.stringify({ version: 3, deployment: { resources: [release] } }),
        };
        const script = `#!/bin/sh
echo "$@" >> ${folder}/calls
case "$1 $2" in
"stack ls") echo '${answers.ls}' ;;
"stack export") echo '${answers.export}' ;;
"stack history") echo '[]' ;;
*) echo '{}' ;;
esac
`;
        writeFileSync(join(folder, "pulumi"), script, { mode: 0o755 });
        process.env["PATH"] = [folder, before["PATH"] ?? ""].join(delimiter);
        process.env["PULUMI_HOME"] = folder;
        process.env["PULUMI_BACKEND_URL"] = `file://${folder}`;
        delete process.env["PULUMI_ACCESS_TOKEN"];
        delete process.env["PULUMI_CREDENTIALS_PATH"];
    });
    afterEach(async () => {
        for (const name of [
            "PATH",
            "PULUMI_HOME",
            "PULUMI_BACKEND_URL",
            "PULUMI_ACCESS_TOKEN",
            "PULUMI_CREDENTIALS_PATH",
        ])
            if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
            else process.env[name] = before[name];
        await cluster.close();
        rmSync(folder, { recursive: true });
    });
    const repair = (stack = "dev"): Promise<RepairResult> =>
        runRepair({ kubeconfig: cluster.kubeconfig, stack, raw: {}, yes: false, abandoned: false, forget: [] });
    const steps = ({ stack }: RepairResult): string[] | undefined =>
        "plan" in stack ? stack.plan.steps.map(({ what }) => what) : undefined;

    it("finds a release where the state has it before it counts as gone", async () => {
        assert.deepEqual(steps(await repair()), []);
        assert.ok(cluster.requests.includes("GET /api/v1/namespaces/old-istio/secrets"));
    });

    it("hands the whole name of a stack to the CLI, and refuses one that may mean two stacks", async () => {
        assert.deepEqual(steps(await repair("acme/istio-tracing/dev")), []);
        const calls = readFileSync(join(folder, "calls"), "utf8");
        assert.match(calls, /stack export --stack acme\/istio-tracing\/dev/);
        await assert.rejects(repair("ci"), /matches acme\/ci and corp\/ci\. Use the full name/);
        assert.deepEqual(steps(await repair("corp/ci")), []);
        await assert.rejects(repair("corp/other/ci"), /a stack of the project istio-tracing, got one of other/);
    });

    it("goes on with the Helm releases where nobody is logged in", async () => {
        delete process.env["PULUMI_BACKEND_URL"];
        const { stack } = await repair();
        assert.match("skipped" in stack ? stack.skipped : "", /is not logged in/);
        assert.ok(cluster.requests.includes("GET /api/v1/namespaces/istio-system/secrets"));
    });

    it("has Pulumi remove istio-base, whose webhook rejects the next preview, once the state knows that istiod is gone", async () => {
        const of = (name: string, more: object = {}) => ({
            ...release,
            urn: `urn:pulumi:dev::istio-tracing::kubernetes:helm.sh/v3:Release::istio-${name}`,
            inputs: { name: name === "base" ? "istio-base" : name, namespace: "istio-system" },
            ...more,
        });
        const base = of("base");
        const istiod = of("istiod", { dependencies: [base.urn] });
        const deleting = [{ type: "deleting", resource: istiod }];
        const state = (...resources: object[]) => ({ version: 3, deployment: { resources } });
        const files = {
            killed: { version: 3, deployment: { resources: [base, istiod], pending_operations: deleting } },
            imported: state(base, istiod),
            refreshed: state(base),
        };
        for (const [name, content] of Object.entries(files))
            writeFileSync(join(folder, `${name}.json`), JSON.stringify(content));
        const script = `#!/bin/sh
echo "$@" >> ${folder}/calls
case "$1 $2" in
"stack ls") echo '[{"name":"dev"}]' ;;
"stack export") cat ${folder}/now.json ;;
"stack history") echo '[]' ;;
"stack import") cp ${folder}/imported.json ${folder}/now.json ;;
"refresh "*) cp ${folder}/refreshed.json ${folder}/now.json ;;
*) echo '{}' ;;
esac
`;
        writeFileSync(join(folder, "now.json"), JSON.stringify(files.killed));
        writeFileSync(join(folder, "pulumi"), script, { mode: 0o755 });
        const helm = { "meta.helm.sh/release-name": "istio-base", "meta.helm.sh/release-namespace": "istio-system" };
        const labels = { "app.kubernetes.io/managed-by": "Helm" };
        const webhook = {
            metadata: { name: "istiod", labels, annotations: helm },
            webhooks: [{ failurePolicy: "Fail" }],
        };
        const stored = secret("istio-system");
        Object.assign(stored.metadata.labels, { name: "istio-base" });
        Object.assign(stored.metadata, { name: "sh.helm.release.v1.istio-base.v1" });
        await cluster.close();
        cluster = await startFakeCluster(({ path }) => {
            if (path.includes("/validatingwebhookconfigurations")) return { body: { items: [webhook] } };
            const [, namespace = ""] = /namespaces\/([^/]+)\/secrets/.exec(path) ?? [];
            if (namespace === "") return undefined;
            return { body: { items: namespace === "istio-system" ? [stored] : [] } };
        });
        const { kubeconfig } = cluster;
        await runRepair({ kubeconfig, stack: "dev", raw: {}, yes: true, abandoned: false, forget: [] });
        const calls = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
        const [last = ""] = calls.filter((call) => /^(refresh|destroy)/.test(call)).slice(-1);
        assert.match(last, new RegExp(`^destroy .*--target ${base.urn}`), calls.join("\n"));
    });
});
