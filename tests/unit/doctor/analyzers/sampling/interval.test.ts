import assert from "node:assert/strict";
import { shareInterval } from "../../../../../doctor/analyzers/sampling";

describe("the interval in which the true share of recorded requests lies", () => {
    const cases: [number, number, number, number][] = [
        // Published values of Clopper and Pearson's interval, 95 percent.
        [0, 100, 0, 3.62],
        [10, 100, 4.9, 17.62],
        [100, 100, 96.38, 100],
        [50, 200, 19.16, 31.6],
    ];
    for (const [hits, trials, least, greatest] of cases) {
        it(`is ${String(least)} to ${String(greatest)} percent for ${String(hits)} of ${String(trials)}`, () => {
            const interval = shareInterval(hits, trials);
            assert.ok(Math.abs(interval.least - least) < 0.01, String(interval.least));
            assert.ok(Math.abs(interval.greatest - greatest) < 0.01, String(interval.greatest));
        });
    }
});
