import assert from "node:assert/strict";
import { mock } from "node:test";
import fc from "fast-check";
import { resolveSettings } from "../../../components/settings";
import { SettingsError } from "../../../components/settings/problems";
import { setPaths } from "../../../shared/stacks/settingPaths";
import { planProgram } from "../../../plan";
import { anyConfiguration, likelyConfiguration } from "./arbitraries";
import { fuzzRuns } from "../fuzz/mutate";
import { assertRendered } from "./rendered";

/** The message of a refusal, which is checked to be complete; undefined when the configuration is accepted. */
function refusal(raw: Record<string, string>): string | undefined {
    try {
        resolveSettings(raw);
        return undefined;
    } catch (error) {
        assert.ok(error instanceof SettingsError, (error as Error).stack);
        assert.ok(error.problems.length > 0);
        for (const { key, commands = [], ...parts } of error.problems) {
            assert.equal(typeof key, "string");
            assert.ok(commands.every((command) => command.startsWith("pulumi config ")));
            // The words of a library are for programmers.
            assert.doesNotMatch(parts.expected, /^Invalid |^Too |must match/);
            for (const part of Object.values(parts)) assert.ok(part.length > 0 && part.length < 1500, part);
        }
        return error.message;
    }
}

describe("settings that chance has written", () => {
    afterEach(() => {
        mock.restoreAll();
    });

    it("are accepted or refused with complete reasons, each said once, and never crash the program", () => {
        fc.assert(
            fc.property(anyConfiguration, (raw) => {
                const blocks = (refusal(raw) ?? "").split(/\n(?= {2}\S)/).slice(1);
                assert.equal(new Set(blocks).size, blocks.length);
            }),
            { numRuns: fuzzRuns(500) },
        );
    });

    it("render what they ask for, wherever they are accepted", async () => {
        // What the program warns of is not the matter here, and would be a hundred lines.
        mock.method(console, "warn", () => undefined);
        let accepted = 0;
        await fc.assert(
            fc.asyncProperty(likelyConfiguration, async (raw) => {
                const config = setPaths({}, raw);
                if (refusal(config) !== undefined) return;
                accepted++;
                assertRendered(raw, await planProgram(config));
            }),
            { numRuns: 25 },
        );
        assert.ok(accepted >= 10, `only ${String(accepted)} of 25 were accepted`);
    });
});
