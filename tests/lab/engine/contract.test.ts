import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { Comparison } from "../../contract/compare";
import { enginePlayer, PASSWORD } from "../../contract/enginePlayer";
import { play, sweep, type Player } from "../../contract/play";
import { CHAPTERS } from "../../contract/situations";
import { sharedLab } from "../support/sharedLab";

describe("the engine, held to what the real CLI plans and does on a real cluster", function () {
    this.timeout(180_000);
    const comparison = new Comparison();
    let lab: Cluster;
    let folder: string;

    before(async () => {
        folder = mkdtempSync(join(tmpdir(), "contract-"));
        lab = await sharedLab();
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });

    for (const [chapter, { situations }] of Object.entries(CHAPTERS)) {
        describe(chapter, () => {
            let player: Player;
            before(() => {
                player = enginePlayer(lab, chapter, folder);
            });
            after(() => {
                sweep(lab, chapter);
            });

            for (const situation of situations) {
                it(situation.name, async () => {
                    comparison.assertSame(chapter, await play(lab, chapter, situation, player));
                });
            }

            it("keeps the program's secrets out of the state file", () => {
                const state = readFileSync(join(folder, `${chapter}.json`), "utf8");
                assert.doesNotMatch(state, new RegExp(`${PASSWORD}|${Buffer.from(PASSWORD).toString("base64")}`));
            });
        });
    }

    // In a group of its own: mocha runs the tests of a group before its subgroups.
    describe("after all chapters", () => {
        it("needs each of the exceptions that it is granted", () => {
            comparison.assertAllUsed();
        });
    });
});
