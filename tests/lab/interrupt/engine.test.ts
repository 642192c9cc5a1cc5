import assert from "node:assert/strict";
import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { labSettings } from "../../../lab/program";
import { command, start } from "../support/command";
import { FULL } from "../support/fullRun";
import { goOn, strike, type Blow } from "./blows";
import { eventually, kubectl, labWithProgram, podUids, useEmbeddedEngine } from "../support/sharedLab";

type Interrupted = "up" | "update" | "destroy";
const BLOWS: Blow[] = ["SIGKILL to all", "SIGKILL to helm", "SIGINT to all", "SIGKILL to the engine"];
const OPERATIONS: Interrupted[] = ["destroy", "up", "update"];
/** Milliseconds within which an operation is hit: a little less than it takes on two idle cores. */
const WINDOW = { up: 14_000, update: 5000, destroy: 8000 };
const moments = FULL ? 20 : 3;
/** The short run is the same every time; the full one looks for moments that nobody has tried. */
const seed = Number(process.env["SEED"] ?? (FULL ? Date.now() % 1_000_000 : 1));

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function randomFrom(start: number): () => number {
    let state = start;
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
}

describe(`a run that is interrupted (seed ${String(seed)}; FULL=1 for 20 moments, SEED=… for the same ones)`, function () {
    this.timeout(600_000);
    let lab: Cluster;
    let installed = true;
    let cpu = 50;
    const random = randomFrom(seed);
    /** Settings with another size of istiod, so that its Release is upgraded. */
    const settings = (): string[] => {
        const resources = JSON.parse(labSettings("ci", lab)["resources"] ?? "") as {
            istiod: { requests: { cpu: string } };
        };
        resources.istiod.requests.cpu = `${String(cpu)}m`;
        return ["--config", `resources=${JSON.stringify(resources)}`];
    };
    const pulumi = async (operation: string): Promise<void> => {
        const { code, output } = await command("lab", "pulumi", operation, "--stack", "ci", ...settings());
        assert.equal(code, 0, output);
    };

    // The embedded engine is hit here, whatever else runs the program; interruptPulumi.test.ts hits the CLI.
    let giveBack: () => Promise<void>;
    before(async () => {
        lab = await labWithProgram();
        giveBack = await useEmbeddedEngine(lab);
    });
    after(async () => {
        await giveBack();
    });

    for (let moment = 0; moment < moments; moment++) {
        const operation = OPERATIONS[moment % 3] ?? "up";
        // In the short run the first three; in the long one every pair meets.
        const blow = BLOWS[(moment + Math.floor(moment / 12)) % 4] ?? "SIGKILL to all";
        const wait = Math.round(random() * (blow === "SIGKILL to helm" ? 2500 : WINDOW[operation]));
        const next = operation === "destroy" && moment % 2 === 0 ? "destroy" : "up";
        it(`converges by ${next} after ${blow} ${String(wait)} ms into ${operation}`, async function () {
            if (installed !== (operation !== "up")) await pulumi(operation === "up" ? "destroy" : "up");
            if (operation === "update") cpu++;
            const running = start(
                "lab",
                "pulumi",
                operation === "destroy" ? "destroy" : "up",
                "--stack",
                "ci",
                ...settings(),
            );
            await strike(running, lab, blow, wait);
            const needed = await goOn(next, settings());
            if (this.test !== undefined) this.test.title += ` (${needed})`;
            installed = next === "up";
            if (!installed) {
                const left = kubectl(lab, "get", "ns,clusterrole,mutatingwebhookconfiguration", "-o", "name");
                assert.doesNotMatch(left, /istio|demo/);
                return;
            }
            const again = await command("lab", "pulumi", "up", "--stack", "ci", ...settings());
            assert.match(again.output, /lab's engine: \d+ same;/);
            await eventually(60, () => {
                const pods = podUids(lab);
                return Promise.resolve(pods["frontend"]?.length === 1 && pods["backend"]?.length === 1 ? true : "pods");
            });
        });
    }

    it("refuses a second one at the same time, and names the first", async () => {
        cpu++;
        const first = start("lab", "pulumi", "up", "--stack", "ci", ...settings());
        await eventually(20, () => Promise.resolve(existsSync(`${stateFile(lab)}.lock`) ? true : "no lock yet"));
        const second = await command("lab", "pulumi", "destroy", "--stack", "ci");
        assert.equal(second.code, 1);
        assert.match(
            second.output,
            /Another run uses this stack: up of stack ci, process \d+, since .*Wait until it ends/,
        );
        assert.equal((await first.ended).code, 0);
        installed = true;
    });

    it("whose state is damaged says so and names the way back, which works", async () => {
        await pulumi("up");
        writeFileSync(stateFile(lab), "");
        const refused = await command("lab", "pulumi", "up", "--stack", "ci", ...settings());
        assert.equal(refused.code, 1);
        const [, copy = ""] =
            /damaged \(it is empty\).*Nothing was changed.* is (\S+)\. Replace the file with it/.exec(refused.output) ??
            [];
        copyFileSync(copy, stateFile(lab));
        await pulumi("refresh");
        await pulumi("up");
    });
});

const stateFile = (lab: Cluster): string => join(lab.identity.stateDir, "stacks", "ci.json");
