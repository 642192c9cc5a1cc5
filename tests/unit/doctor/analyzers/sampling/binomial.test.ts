import assert from "node:assert/strict";
import { binomialBounds } from "../../../../../doctor/analyzers/sampling/binomial";

describe("the bounds of a measured share", () => {
    it("are exact where nothing is left to chance", () => {
        assert.deepEqual(binomialBounds(2000, 0), { least: 0, greatest: 0 });
        assert.deepEqual(binomialBounds(2000, 1), { least: 2000, greatest: 2000 });
    });

    it("hold the expected count and are narrow enough to tell 25 from 20 percent", () => {
        const { least, greatest } = binomialBounds(3000, 0.25);
        assert.ok(
            least > 600 && least < 750 && greatest > 750 && greatest < 900,
            `${String(least)} to ${String(greatest)}`,
        );
    });

    it("tell 0.5 percent from 0 and from Istio's own default of 1", () => {
        const { least, greatest } = binomialBounds(8000, 0.005);
        assert.ok(least > 0 && least < 40 && greatest > 40 && greatest < 80, `${String(least)} to ${String(greatest)}`);
    });
});
