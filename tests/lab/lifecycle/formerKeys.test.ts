import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "../../../cli/settings/migrate";
import { resolveSettings, type Settings } from "../../../components/settings";
import { SettingsError } from "../../../components/settings/problems";
import { choosePulumi, pulumiHome } from "../../../lab/pulumi";
import { loadStackConfig, ownSettings } from "../../../shared/stacks/stackConfig";
import { createAuthority } from "../../../shared/certificates/x509";
import { FULL } from "../support/fullRun";

const STACK_FILE = {
    config: {
        "istio-tracing:samplingPercent": "5",
        "istio-tracing:collectorAddress": "otel.example.com:4317",
        // A shell drops the line end behind what a command prints; of a certificate it means nothing.
        "istio-tracing:collectorTls": { ca: createAuthority("test").certificatePem.trimEnd() },
        "istio-tracing:collectorProtocol": "otlp-http",
        "istio-tracing:deployJaeger": "false",
        "istio-tracing:istiodReplicas": { min: "2", max: "5" },
        "istio-tracing:istiodValues": {
            env: { "A.B": "it's", FLAG: "false", RATIO: 0.5, COUNT: 3, TEXT: "3" },
            meshConfig: { extensionProviders: [{ name: "log", envoyFileAccessLog: {} }] },
        },
        "istio-tracing:keepCrds": "false",
        "istio-tracing:demoNamespace": "123",
        "istio-tracing:frontendIntervalSeconds": "0.5",
        "istio-tracing:mtlsMode": "STRICT",
    },
};

if (FULL) {
    describe("settings under their former keys", function () {
        this.timeout(300_000);
        let folder: string;
        before(() => {
            folder = mkdtempSync(join(tmpdir(), "istio-tracing-former-"));
        });
        after(() => {
            rmSync(folder, { recursive: true });
        });

        it("are moved by the commands of the message as by npm run settings, and mean what they meant", async () => {
            const pulumi = await choosePulumi("real", () => undefined);
            assert.ok(pulumi);
            const { env, projectDir } = pulumiHome(pulumi, folder, "/dev/null");
            const file = join(projectDir, "Pulumi.moved.yaml");
            const inShell = (script: string): void => {
                const { status, stdout, stderr } = spawnSync("sh", ["-ec", script], {
                    cwd: projectDir,
                    env,
                    encoding: "utf8",
                });
                assert.equal(status, 0, stdout + stderr);
            };
            const settings = (): Settings => {
                const raw = ownSettings(loadStackConfig(projectDir, "moved"));
                return resolveSettings(raw, { stack: "moved", isEncrypted: () => false });
            };
            inShell("pulumi stack init moved");
            const text = JSON.stringify(STACK_FILE, undefined, 2);
            writeFileSync(file, text);
            let message = "";
            assert.throws(settings, (error) => error instanceof SettingsError && (message = error.message) !== "");
            inShell(message.split("Commands, for the folder of Pulumi.yaml:\n")[1] ?? "false");
            const byCommands = settings();
            assert.doesNotMatch(readFileSync(file, "utf8"), /mtlsMode:.*\n.*istio-tracing:mtlsMode/);
            writeFileSync(file, migrate(text, "x").text);
            assert.deepEqual(byCommands, settings());
            assert.deepEqual(byCommands.istio.values, STACK_FILE.config["istio-tracing:istiodValues"]);
            assert.deepEqual(byCommands.istio.replicas, { min: 2, max: 5 });
            assert.equal(byCommands.demo.namespace, "123");
        });
    });
}
