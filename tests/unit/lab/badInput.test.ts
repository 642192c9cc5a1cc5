import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadStackConfig, runEngine, type EngineEvent } from "../../../lab/engine";

const PROJECT = join(__dirname, "../../..");

/** Previews the stack `ci` with further settings, without any cluster, and returns what a user sees. */
async function preview(
    overrides: Record<string, string>,
): Promise<{ failed: boolean; said: string; written: string[] }> {
    const folder = mkdtempSync(join(tmpdir(), "istio-tracing-test-"));
    const { config, secretKeys } = loadStackConfig(PROJECT, "ci", undefined, overrides);
    const events: EngineEvent[] = [];
    try {
        const result = await runEngine({
            operation: "preview",
            projectDir: PROJECT,
            stack: "ci",
            config,
            secretKeys,
            stateFile: join(folder, "ci.json"),
            helm: "helm",
            report: (event) => events.push(event),
        });
        const said = events.map((event) =>
            event.kind === "diagnostic" ? event.message : event.kind === "program" ? event.line : "",
        );
        return { failed: result.failed !== undefined, said: said.join("\n"), written: readdirSync(folder) };
    } finally {
        rmSync(folder, { recursive: true });
    }
}

describe("a preview of settings that cannot be used, without a cluster", () => {
    it("shows every problem in one go, without a stack trace, and writes nothing", async () => {
        const { failed, said, written } = await preview({
            samplingPercent: "0.001",
            collectorAddress: "http://jaeger:65536",
            "collector.protocol": "grpc",
            colectorAdress: "x:1",
            "istio.chartSource": "./no/such/charts",
            images: '{"backend":"hashicorp/http-echo"}',
            "demo.namespace": "kube-demo",
        });
        assert.equal(failed, true);
        assert.match(said, /7 settings cannot be used; nothing was written/);
        for (const key of [
            "samplingPercent",
            "collectorAddress",
            "collector.protocol",
            "colectorAdress",
            "istio.chartSource",
            "images.backend",
            "demo.namespace",
        ]) {
            assert.match(said, new RegExp(`^ {2}${key}\\n {4}expected: .+\\n {4}got: {6}.+\\n {4}next: {5}.+`, "m"));
        }
        assert.match(said, /did you mean "collectorAddress"/);
        assert.doesNotMatch(said, /^\s+at .+:\d+:\d+/m);
        assert.deepEqual(written, []);
    });

    it("works on an empty cluster when they can be used, and warns of what is allowed but not proven", async () => {
        const { failed, said, written } = await preview({ "istio.version": "1.30.4" });
        assert.equal(failed, false, said);
        assert.deepEqual(written, []);
        assert.match(said, /istio\.version: expected the 1\.31 line/);
    });
});
