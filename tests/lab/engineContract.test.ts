import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../lab/cluster";
import { readOutputs, runEngine, type EngineResult, type Operation } from "../../lab/engine";
import { assertPlan } from "../contract/compare";
import { kubectl, sharedLab } from "./sharedLab";

describe("the engine, held to the plans of the real CLI on a real cluster", function () {
    this.timeout(180_000);
    let lab: Cluster;
    let folder: string;

    const run = (operation: Operation, step: string): Promise<EngineResult> =>
        runEngine({
            ...{ operation, stack: "dev", config: { "contract:step": step }, report: () => undefined },
            ...{ projectDir: join(__dirname, "../contract"), stateFile: join(folder, "state.json") },
            ...{ kubeconfig: lab.kubeconfig, helm: join(lab.artifacts.binDir, "helm") },
            environment: { PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
        });
    const succeeds = async (operation: Operation, step: string): Promise<EngineResult> => {
        const result = await run(operation, step);
        assert.equal(result.failed, undefined);
        return result;
    };

    before(async () => {
        lab = await sharedLab();
        folder = mkdtempSync(join(tmpdir(), "contract-"));
    });
    after(async () => {
        await run("destroy", "3");
        rmSync(folder, { recursive: true });
    });

    it("makes an empty cluster what the first step says", async () => {
        assertPlan(await run("preview", "1"), "1");
        await succeeds("up", "1");
        assert.deepEqual(readOutputs(join(folder, "state.json")), { status: "deployed" });
        assert.equal(kubectl(lab, "-n", "contract", "get", "widget", "one", "-o", "jsonpath={.spec.size}"), "1");
    });

    it("replaces, updates and keeps as the second step says", async () => {
        assertPlan(await run("preview", "2"), "2");
        await succeeds("up", "2");
        const greeting = kubectl(
            lab,
            "-n",
            "contract",
            "get",
            "cm",
            "mini-greeting",
            "-o",
            "jsonpath={.data.greeting}",
        );
        assert.equal(greeting, "good day");
    });

    it("deletes what the third step leaves out", async () => {
        assertPlan(await run("preview", "3"), "3");
        await succeeds("up", "3");
        assert.doesNotMatch(kubectl(lab, "-n", "contract", "get", "svc", "-o", "name"), /svc$/m);
    });

    it("does nothing when nothing has changed", async () => {
        assertPlan(await run("preview", "3"), "noop");
        const { summary } = await succeeds("up", "3");
        assert.deepEqual(summary, { create: 0, update: 0, replace: 0, delete: 0, same: 8 });
    });

    it("makes anew what was deleted by hand, once a refresh has seen it", async () => {
        kubectl(lab, "-n", "contract", "delete", "cm", "status");
        await succeeds("refresh", "3");
        assertPlan(await run("preview", "3"), "after-delete");
        await succeeds("up", "3");
    });

    it("puts right what was changed by hand, once a refresh has seen it", async () => {
        kubectl(lab, "-n", "contract", "patch", "cm", "status", "-p", '{"data":{"step":"9"}}');
        await succeeds("refresh", "3");
        assertPlan(await run("preview", "3"), "after-change");
        await succeeds("up", "3");
        assertPlan(await run("preview", "3"), "noop");
    });

    it("keeps the program's secrets out of the state file", () => {
        const state = readFileSync(join(folder, "state.json"), "utf8");
        assert.doesNotMatch(state, new RegExp(`s3cret|${Buffer.from("s3cret").toString("base64")}`));
        const [name] =
            kubectl(lab, "-n", "contract", "get", "secret", "-o", "name").match(/bundle-auto-[0-9a-f]{8}/) ?? [];
        assert.ok(name);
        const stored = kubectl(lab, "-n", "contract", "get", "secret", name, "-o", "jsonpath={.data.key}");
        assert.equal(Buffer.from(stored, "base64").toString(), "s3cret");
    });

    it("destroys all of it, the chart's CRD too", async () => {
        await succeeds("destroy", "3");
        assert.doesNotMatch(kubectl(lab, "get", "ns,crd", "-o", "name"), /contract|widgets/);
    });
});
