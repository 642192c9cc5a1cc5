import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { runEngine, type EngineOptions, type Operation } from "../../../lab/engine";
import { kubectl, sharedLab } from "../support/sharedLab";

const engine = join(__dirname, "../../../lab/engine");
const script = `
    const { runEngine } = require(${JSON.stringify(engine)});
    runEngine({ ...JSON.parse(process.env.OPTIONS), report: () => {} }).then((result) => console.log(result.failed ?? "ok"));
`;

const TRANSLATOR = join(__dirname, "../../../translate.cjs");

describe("an engine that is killed", function () {
    this.timeout(300_000);
    let lab: Cluster;
    let folder: string;
    const options = (operation: Operation, step: string): Omit<EngineOptions, "report"> => ({
        ...{ operation, stack: "dev", config: { "contract:step": step } },
        ...{ projectDir: join(__dirname, "../../contract"), stateFile: join(folder, "state.json") },
        ...{ kubeconfig: lab.kubeconfig, helm: join(lab.artifacts.binDir, "helm") },
        environment: { PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
    });
    const run = async (operation: Operation, step: string): Promise<void> => {
        const { failed } = await runEngine({ ...options(operation, step), report: () => undefined });
        assert.equal(failed, undefined);
    };
    /** Runs the engine in a process of its own and kills that after a while. */
    const killed = async (operation: Operation, step: string, milliseconds: number): Promise<void> => {
        const env = { ...process.env, OPTIONS: JSON.stringify(options(operation, step)) };
        const child = spawn(process.execPath, ["-r", TRANSLATOR, "-e", script], { env });
        const ended = new Promise((done) => child.on("close", done));
        await new Promise((done) => setTimeout(done, milliseconds));
        child.kill("SIGKILL");
        await ended;
        // Helm, an orphan now, may still be at work; a helm that is killed too is another command's to repair.
        await new Promise((done) => setTimeout(done, 3000));
    };

    before(async () => {
        lab = await sharedLab();
        folder = mkdtempSync(join(tmpdir(), "killed-"));
    });
    after(async () => {
        await run("destroy", "3");
        rmSync(folder, { recursive: true });
    });

    for (let moment = 1; moment <= 2; moment++) {
        const milliseconds = 1200 + Math.round(Math.random() * 5000);
        it(`converges after a kill ${milliseconds} ms into up, and again into destroy`, async () => {
            await killed("up", "1", milliseconds);
            await run("up", "1");
            assert.equal(kubectl(lab, "-n", "contract", "get", "widget", "one", "-o", "jsonpath={.spec.size}"), "1");
            await killed("up", "3", milliseconds);
            await run("up", "3");
            assert.equal(kubectl(lab, "-n", "contract", "get", "cm", "status", "-o", "jsonpath={.data.step}"), "3");
            const second = await runEngine({ ...options("preview", "3"), report: () => undefined });
            assert.equal(second.summary.same, 11);
            await killed("destroy", "3", milliseconds / 3);
            await run("destroy", "3");
            assert.doesNotMatch(kubectl(lab, "get", "ns,crd", "-o", "name"), /contract|widgets/);
        });
    }
});
