import assert from "node:assert/strict";
import { join } from "node:path";
import { runEngine, type EngineEvent, type EngineResult } from "../../../lab/engine";
import { Comparison } from "../../contract/compare";
import { planFacts } from "../../contract/enginePlayer";
import { SmallProgram } from "../../contract/smallProgram";

const contract = join(__dirname, "../../contract");
const environment = { PULUMI_NODEJS_TRANSPILE_ONLY: "true" };

describe("a preview without any cluster", () => {
    let small: SmallProgram;
    let events: EngineEvent[];
    const preview = (projectDir: string, config: Record<string, string>, stack = "dev"): Promise<EngineResult> =>
        runEngine({
            ...{ operation: "preview", projectDir, stack, config, environment, helm: "/no/helm" },
            stateFile: small.stateFile,
            report: (event) => events.push(event),
        });
    /** Previews a program of a few lines. */
    const program = (source: string): Promise<EngineResult> => {
        small.source(source);
        return preview(small.folder, {});
    };

    beforeEach(() => {
        small = new SmallProgram();
        events = [];
    });
    afterEach(() => {
        small.remove();
    });

    it("plans what the real CLI plans for an empty cluster", async () => {
        const result = await preview(contract, { "contract:step": "1" }, "kinds");
        new Comparison().assertSamePlan("kinds", "makes all", planFacts(result));
        assert.equal(result.outputs["status"], "[unknown]");
    });

    it("shows the program's own message alone when it gives one", async () => {
        const result = await program('throw new pulumi.RunError("samplingPercent: expected 0 to 100, got -1");');
        assert.equal(result.failed, "samplingPercent: expected 0 to 100, got -1");
        assert.deepEqual(
            result.diagnostics.map((entry) => entry.message),
            [result.failed],
        );
    });

    it("says why the program failed", async () => {
        const result = await program('JSON.parse("{");');
        assert.match(result.failed ?? "", /failed with an unhandled exception:.*SyntaxError|JSON/s);
    });

    for (const [what, source, name] of [
        [
            "another provider's resource",
            'new pulumi.CustomResource("random:index:Id", "r", {});',
            "resources of type random:index:Id",
        ],
        ["an invoke", 'pulumi.runtime.invoke("kubernetes:helm:template", {});', "invoke kubernetes:helm:template"],
        [
            "a patch of anything but a namespace",
            'new k8s.core.v1.ServicePatch("s", { metadata: { name: "s" } });',
            "kubernetes:core/v1:ServicePatch",
        ],
        [
            "hooks",
            'new k8s.core.v1.Namespace("n", {}, { hooks: { beforeCreate: [() => undefined] } });',
            "registerResourceHook",
        ],
        ["remote charts", 'new k8s.helm.v4.Chart("c", { chart: "x" });', "remote components"],
        [
            "a hook",
            'new k8s.helm.v3.Release("r", { chart: "x", postrender: "y" });',
            "the input postrender of a Release",
        ],
        [
            "a setting of a provider that it does not follow",
            'new k8s.Provider("p", { renderYamlToDirectory: "x" });',
            "the setting kubernetes:renderYamlToDirectory",
        ],
        [
            "the import of a Release",
            'new k8s.helm.v3.Release("r", { chart: "x" }, { import: "a/b" });',
            "the import of a Release",
        ],
        [
            "a chart without a version",
            'new k8s.helm.v3.Release("r", { chart: "x" });',
            "the chart x without an exact version",
        ],
    ] as const) {
        it(`refuses ${what} by its name`, async () => {
            const result = await program(source);
            assert.match(result.failed ?? "", new RegExp(`The lab's engine does not serve .*${name}`));
            assert.doesNotMatch(JSON.stringify(result.diagnostics), /node_modules/);
        });
    }

    it("never tells a secret, to people or in its events", async () => {
        const result = await program(`
            const password = pulumi.secret("pa55word-of-ours");
            new k8s.core.v1.ConfigMap("c", { data: { url: pulumi.interpolate\`https://me:\${password}@host\` } });
            password.apply((text) => pulumi.log.warn("using " + text));
            export const out = password;
        `);
        assert.equal(result.failed, undefined);
        assert.equal(result.outputs["out"], "[secret]");
        assert.doesNotMatch(JSON.stringify([result, events]).replaceAll("using pa55word-of-ours", ""), /pa55word/);
    });

    it("takes a chart's version from the chart, and says when there is none", async () => {
        const result = await program('new k8s.helm.v3.Release("r", { chart: "./missing", name: "r" });');
        assert.match(result.failed ?? "", /chart: path "\.\/missing" not found/);
    });
});
