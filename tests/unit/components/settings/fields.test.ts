import assert from "node:assert/strict";
import { FIELDS } from "../../../../components/settings/fields";
import { ACCEPTED } from "./acceptedValues";
import { problemsOf, settingsOf } from "./helpers";
import { REFUSED } from "./refusedValues";

describe("every setting by itself", () => {
    for (const [key, values] of Object.entries(REFUSED)) {
        for (const value of values) {
            it(`refuses ${key} ${JSON.stringify(value.slice(0, 40))} and names the setting`, () => {
                const problems = problemsOf({ [key]: value });
                assert.equal(problems.length, 1, JSON.stringify(problems));
                assert.match(problems[0]?.key ?? "", new RegExp(`^${key}(\\.|$)`));
            });
        }
    }

    for (const [key, values] of Object.entries(ACCEPTED)) {
        for (const value of values) {
            it(`accepts ${key} ${JSON.stringify(value.slice(0, 40))}`, () => {
                settingsOf({ [key]: value });
            });
        }
    }

    it("has a refused value in this test for every setting", () => {
        assert.deepEqual(Object.keys(REFUSED).sort(), Object.keys(FIELDS).sort());
    });
});
