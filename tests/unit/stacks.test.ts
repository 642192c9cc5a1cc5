import assert from "node:assert/strict";
import { join } from "node:path";
import { findDrift } from "../../cli/drift/index";
import { runPreflight } from "../../cli/preflight";
import { loadStackConfig, ownSettings, stackNames } from "../../cli/stackConfig";
import { resolveSettings, type Settings } from "../../components/settings";
import { settingsWarnings } from "../../components/warnings";
import { kubeconfigFor } from "./preflightFakeCluster";

const ROOT = join(__dirname, "../..");
const OWN = ["ci", "dev", "prod"];
const settingsOf = (stack: string): Settings => resolveSettings(ownSettings(loadStackConfig(ROOT, stack)));

describe("the stacks dev, ci and prod", () => {
    it("are there, each pinned to a cluster of its own", () => {
        for (const stack of OWN) assert.ok(stackNames(ROOT).includes(stack), stack);
        const contexts = OWN.map((stack) => loadStackConfig(ROOT, stack).values["kubernetes:context"]);
        assert.deepEqual(contexts, ["istio-tracing-ci", "istio-tracing-dev", "istio-tracing-prod"]);
    });

    it("give no warning", () => {
        for (const stack of OWN) assert.deepEqual(settingsWarnings(settingsOf(stack)), [], stack);
    });

    it("trace everything but in prod, which is made to last", () => {
        const prod = settingsOf("prod");
        assert.deepEqual(
            OWN.map((stack) => settingsOf(stack).samplingPercent),
            [100, 100, 1],
        );
        assert.equal(prod.mtlsMode, "STRICT");
        assert.equal(prod.deployDemo, false);
        assert.ok(prod.istiodReplicas.min >= 2);
        assert.equal(prod.helmAtomic, true);
    });
});

describe("a command for a stack", () => {
    const kubeconfig = kubeconfigFor("https://127.0.0.1:1");

    it("goes to the stack's own cluster, whatever the kubeconfig's current context is", async () => {
        const { findings, exitCode } = await runPreflight({ stack: "prod", kubeconfig });
        assert.equal(exitCode, 2);
        assert.equal(findings[0]?.id, "context-known");
        assert.equal(findings[0].expected, "a context called istio-tracing-prod");
    });

    it("refuses any other cluster, even by name", async () => {
        const { findings } = await runPreflight({ stack: "dev", kubeconfig, context: "test" });
        assert.equal(findings[0]?.id, "context-pinned");
        assert.match(findings[0].expected, /istio-tracing-dev/);
        await assert.rejects(findDrift({ stack: "dev", kubeconfig, context: "test" }), /context-pinned/);
    });
});
