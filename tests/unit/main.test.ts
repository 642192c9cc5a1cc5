import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

/** Loads the program as Pulumi does, without a cluster, and prints the names of its outputs. */
const SCRIPT = `
const pulumi = require("@pulumi/pulumi");
const mocks = { newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) };
pulumi.runtime.setMocks(mocks, "istio-tracing", "test").then(() => {
    pulumi.runtime.setAllConfig(JSON.parse(process.argv[1]));
    return pulumi.runtime.runInPulumiStack(async () => require("./main.cjs"));
}).then((outputs) => {
    console.log(JSON.stringify(Object.keys(outputs)));
    process.exit(0);
});`;

function outputsOf(config: Record<string, string>): string[] {
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", SCRIPT, JSON.stringify(config)], {
        cwd: ROOT,
        encoding: "utf8",
    });
    const line = stdout.split("\n").find((one) => one.startsWith("["));
    assert.ok(line, stderr);
    return (JSON.parse(line) as string[]).sort();
}

describe("the outputs that Pulumi sees", function () {
    this.timeout(60_000);
    const ALWAYS = ["collectorAddress", "effectiveSampling", "istioVersion", "samplingPercent"];
    const JAEGER = ["jaegerUiCommand", "jaegerUiUrl"];

    it("have a value each, since Pulumi warns about one that has none", () => {
        assert.deepEqual(outputsOf({}), [...ALWAYS, ...JAEGER].sort());
    });

    it("are more in a stack that asks for more", () => {
        const config = { "istio-tracing:metrics": '{"outputs":true}' };
        assert.deepEqual(outputsOf(config), [...ALWAYS, ...JAEGER, "grafanaDataSources", "kialiTracing"].sort());
    });
});
