import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { describeBlow, describeOutcome, Interrupter, planBlows, type Blow } from "../../../lab/interrupt";
import { command } from "../support/command";
import { FULL } from "../support/fullRun";
import { sharedLab, useRealPulumi } from "../support/sharedLab";

const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
const BOOTSTRAP = join(__dirname, "../../../cli/bootstrap.mjs");

if (FULL) {
    describe(`a run of the real Pulumi that is killed (seed ${String(seed)}, SEED=… for the same ones)`, function () {
        this.timeout(1_200_000);
        let lab: Cluster;
        let interrupter: Interrupter;
        let giveBack: () => Promise<void>;
        before(async () => {
            lab = await sharedLab();
            giveBack = await useRealPulumi(lab);
            interrupter = new Interrupter(lab);
        });
        after(async () => {
            await giveBack();
        });

        for (const blow of planBlows(20, seed)) {
            it(`goes on after one repair: ${describeBlow(blow)}`, async function () {
                const outcome = await interrupter.strike(blow);
                if (this.test !== undefined) this.test.title = `goes on after one repair: ${describeOutcome(outcome)}`;
                assert.equal(outcome.broken, undefined, `${outcome.broken ?? ""}\n${outcome.repair}`);
            });
        }

        it("is repaired by a second repair when the first is killed as well", async () => {
            const blow: Blow = {
                ...{ operation: "up", victim: "all", at: "begin", step: 2, delayMs: 500, next: "up" },
            };
            await interrupter.bring(false);
            const outcome = await interrupter.strike(blow, async () => {
                const args = [BOOTSTRAP, "lab", "repair", "--stack", "ci", "--yes"];
                const first = spawn(process.execPath, args, { detached: true, stdio: "ignore" });
                setTimeout(() => first.pid !== undefined && process.kill(-first.pid, "SIGKILL"), 8000);
                await once(first, "close");
            });
            assert.equal(outcome.broken, undefined, `${outcome.broken ?? ""}\n${outcome.repair}`);
        });

        it("is not touched while it is at work, and neither is one of another machine", async () => {
            await interrupter.bring(true);
            const folder = join(lab.identity.stateDir, "pulumi/.pulumi/locks/organization/istio-tracing/ci");
            const file = join(folder, "test.json");
            mkdirSync(folder, { recursive: true });
            const alive = spawn("sleep", ["600"], { argv0: "pulumi" });
            const taken = { pid: alive.pid, username: userInfo().username, timestamp: new Date().toISOString() };
            try {
                writeFileSync(file, JSON.stringify({ ...taken, hostname: hostname() }));
                const refused = await command("lab", "repair", "--stack", "ci", "--yes", "--abandoned");
                assert.equal(refused.code, 1);
                assert.match(refused.output, new RegExp(`locked by process ${String(alive.pid)} of .*is running`));
                writeFileSync(file, JSON.stringify({ ...taken, hostname: "elsewhere" }));
                assert.match((await command("lab", "repair", "--stack", "ci", "--yes")).output, /add --abandoned/);
                const trusted = await command("lab", "repair", "--stack", "ci", "--yes", "--abandoned");
                assert.equal(trusted.code, 0, trusted.output);
                assert.match((await command("lab", "repair", "--stack", "ci")).output, /nothing to repair/);
            } finally {
                alive.kill();
                rmSync(file, { force: true });
            }
        });
    });
}
