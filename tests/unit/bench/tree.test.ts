import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { measureProcess } from "../../../bench/growth/tree";
import { readProcess } from "../../../lab/cluster/processes";

const CALM = new AbortController().signal;
const NODE = process.execPath;
/** Looks at the clock rarely, since each look is a call of the system. */
const BURN = "for (let turn = 0; turn % 1e6 !== 0 || process.cpuUsage().user < 400000; turn++);";

describe("what a command takes", () => {
    it("counts the CPU and the memory of the processes that it starts, and tells what it said", async () => {
        const fill = `const kept = Buffer.alloc(100 * 2 ** 20, 1); ${BURN} console.log(kept.length)`;
        const parent = `require("node:child_process").spawnSync(process.execPath, ["-e", ${JSON.stringify(fill)}], { stdio: "inherit" })`;
        const usage = await measureProcess(NODE, ["-e", parent], 80, CALM);
        assert.ok(usage.finished && usage.code === 0);
        assert.equal(usage.stdout, `${String(100 * 2 ** 20)}\n`);
        assert.ok(usage.cpuSeconds >= 0.39, String(usage.cpuSeconds));
        assert.ok(usage.peakMiB > 100, String(usage.peakMiB));
    });

    it("ends a command at its limit, with all that it has started, and says so", async () => {
        const hang = "setInterval(() => undefined, 1000); console.log(process.pid)";
        const parent = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(hang)}], { stdio: "inherit" })`;
        const usage = await measureProcess(NODE, ["-e", parent], 1.5, CALM);
        assert.equal(usage.finished, false);
        // The system may show it for a moment yet.
        while (readProcess(Number(usage.stdout)) !== undefined) await sleep(20);
    });
});
