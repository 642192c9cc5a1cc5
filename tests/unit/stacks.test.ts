import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findDrift } from "../../cli/drift/index";
import { runPreflight } from "../../cli/preflight";
import { loadStackConfig, ownSettings, stackNames } from "../../shared/stacks/stackConfig";
import { resolveSettings, type Settings } from "../../components/settings";
import { settingsWarnings } from "../../components/warnings";
import { kubeconfigFor } from "./fakeCluster";

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
        assert.equal(prod.istio.mtlsMode, "STRICT");
        assert.equal(prod.demo.deploy, false);
        assert.ok(prod.istio.replicas.min >= 2);
        assert.equal(prod.helmAtomic, true);
    });
});

describe("a stack's file that is none", () => {
    const messageOf = (text: string): string => {
        const folder = mkdtempSync(join(tmpdir(), "stacks-"));
        try {
            copyFileSync(join(ROOT, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
            writeFileSync(join(folder, "Pulumi.dev.yaml"), text);
            loadStackConfig(folder, "dev");
            return "";
        } catch (error) {
            return (error as Error).message;
        } finally {
            rmSync(folder, { recursive: true });
        }
    };

    it("is named with its place, and not quoted, since it may hold a password", () => {
        const message = messageOf("config:\n  istio-tracing:jaegerStoragePassword: hunter2: x\n");
        assert.match(message, /^Pulumi\.dev\.yaml cannot be read: .* at line 2, column \d+$/);
    });

    it("is refused where it holds no settings, and may be empty", () => {
        for (const text of ["- samplingPercent: 5\n", "config: 5\n", "config: [a]\n", "hello\n"])
            assert.match(messageOf(text), /^Pulumi\.dev\.yaml: expected "config:" with settings below it/, text);
        for (const text of ["", "# none\n", "config:\n", "config: {}\n"]) assert.equal(messageOf(text), "", text);
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
