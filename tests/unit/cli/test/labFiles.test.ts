import assert from "node:assert/strict";
import { relative } from "node:path";
import { LAB_TESTS, labTestFiles, ONLY_IN_FULL_RUN } from "../../../../cli/check/labTests";

describe("the files of the lab tests", () => {
    const names = (full: boolean): string[] => labTestFiles({ full }).map((file) => relative(LAB_TESTS, file));

    it("are all in the full run, those that only it runs among them", () => {
        const missing = ONLY_IN_FULL_RUN.filter((file) => !names(true).includes(file));
        assert.deepEqual(missing, []);
    });

    it("are all but those in the short run", () => {
        assert.deepEqual([...names(false), ...ONLY_IN_FULL_RUN].sort(), names(true));
        assert.ok(names(false).includes("lifecycle/program.test.ts"));
    });
});
