import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sum } from "../../../../cli/test/lab";
import { LabProcess } from "../../../../cli/test/labProcess";

describe("the process of a lab", () => {
    let folder: string;
    let lab: LabProcess;
    const keep = process.env["KEEP_LAB"];
    before(() => {
        // A lab that somebody has up is not these tests' to take down.
        process.env["KEEP_LAB"] = "1";
        folder = mkdtempSync(join(tmpdir(), "lab-process-"));
        lab = new LabProcess(2);
    });
    after(async () => {
        await lab.end();
        if (keep === undefined) delete process.env["KEEP_LAB"];
        else process.env["KEEP_LAB"] = keep;
        rmSync(folder, { recursive: true });
    });
    const file = (name: string, source: string): string => {
        writeFileSync(join(folder, name), source);
        return join(folder, name);
    };

    it("runs a file, counts its tests and keeps its output in one piece", async () => {
        const run = await lab.run(
            file(
                "mixed.test.ts",
                `describe("a file", () => {
                    it("passes", () => { console.log("lab", process.env.LAB_NUMBER); });
                    it("fails", () => { throw new Error("no"); });
                    it.skip("is skipped", () => {});
                });`,
            ),
        );
        assert.deepEqual([run.passed, run.failed, run.skipped], [1, 1, 1]);
        assert.deepEqual(run.failures, ["a file fails"]);
        assert.match(run.output, /a file\n.*lab 2\n.*passes/);
    });

    it("runs the next file in the same process, which still knows what state the lab is in", async () => {
        const remember = "globalThis.seen = (globalThis.seen ?? 0) + 1;";
        await lab.run(file("one.test.ts", `it("one", () => { ${remember} });`));
        const { output } = await lab.run(file("two.test.ts", `it("two", () => { ${remember} console.log(seen); });`));
        assert.match(output, /^2$/m);
        assert.doesNotMatch(output, /one/);
    });

    it("says nothing of a file whose tests are all for the full run", async () => {
        const result = await lab.run(file("full.test.ts", 'if (process.env.NEVER === "1") it("passes", () => {});'));
        assert.deepEqual([result.passed, result.failed, result.output], [0, 0, ""]);
    });

    it("counts a file that cannot be loaded as failed, and says why", async () => {
        const run = await lab.run(file("broken.test.ts", 'throw new Error("cannot be loaded");'));
        assert.equal(run.failed, 1);
        assert.match(run.output, /cannot be loaded/);
    });

    it("counts a file that brings its process down as failed, and goes on with the next", async () => {
        const run = await lab.run(
            file("deadly.test.ts", 'it("dies", () => { process.kill(process.pid, "SIGKILL"); });'),
        );
        assert.equal(run.failed, 1);
        assert.match(run.output, /deadly\.test\.ts ended by SIGKILL before its tests had/);
        assert.equal((await lab.run(file("next.test.ts", 'it("passes", () => {});'))).passed, 1);
    });

    it("ends a file at its next test when it is told to stop", async () => {
        const running = lab.run(
            file("long.test.ts", 'for (const name of ["a", "b"]) it(name, (done) => setTimeout(done, 100));'),
        );
        lab.stop();
        const { passed, failed } = await running;
        assert.ok(passed + failed < 2);
    });

    it("takes a run without a single test for a failed one", () => {
        assert.equal(sum([]).failed, 1);
    });
});
