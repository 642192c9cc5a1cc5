import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { runPlan, undoPlan } from "../../../../lab/cluster/plan";
import type { ClusterStep } from "../../../../lab/cluster/plan";
import { clusterSteps } from "../../../../lab/cluster/steps";
import { labIdentity } from "../../../../lab/identity";

describe("a plan", () => {
    let log: string[];
    const step = (name: string, after: string[], run?: () => Promise<void>): ClusterStep => ({
        name,
        after,
        run: async () => {
            log.push(`+${name}`);
            await run?.();
            log.push(`-${name}`);
        },
        undo: () => Promise.resolve([name]),
    });
    const run = (steps: ClusterStep[], abort = new AbortController()): ReturnType<typeof runPlan> =>
        runPlan(steps, abort, () => undefined);
    beforeEach(() => {
        log = [];
    });

    it("starts every step as soon as those before it have ended", async () => {
        const steps = [step("a", [], () => setTimeout(20)), step("b", []), step("c", ["b"]), step("d", ["a", "c"])];
        const timings = await run(steps);
        assert.deepEqual(log, ["+a", "+b", "-b", "+c", "-c", "-a", "+d", "-d"]);
        assert.deepEqual(new Set(timings.map(({ name }) => name)), new Set(["a", "b", "c", "d"]));
    });

    it("ends with the first failure, tells the others, and starts nothing more", async () => {
        const abort = new AbortController();
        const waits = async (): Promise<void> => {
            while (!abort.signal.aborted) await setTimeout(1);
            throw new Error("no longer waited for");
        };
        const fails = (): Promise<void> => Promise.reject(new Error("first"));
        const steps = [step("waits", [], waits), step("fails", [], fails), step("later", ["waits"])];
        await assert.rejects(run(steps, abort), /^Error: first$/);
        assert.deepEqual(log, ["+waits", "+fails"]);
    });

    it("refuses a step that comes after one that is not before it", async () => {
        await assert.rejects(run([step("a", ["b"]), step("b", [])]), /"a" comes after "b", which is not before it/);
    });

    it("is taken back from its end", async () => {
        assert.deepEqual(await undoPlan([step("a", []), step("b", [])]), ["b", "a"]);
    });

    it("can be taken back where nothing was ever done", async function () {
        if (process.platform !== "linux") this.skip();
        const identity = { ...labIdentity(), name: "istio-tracing-nothing", stateDir: "/nonexistent/state" };
        assert.deepEqual(await undoPlan(clusterSteps({ identity })), []);
    });
});
