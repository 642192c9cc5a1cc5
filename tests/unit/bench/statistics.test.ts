import assert from "node:assert/strict";
import { formatNumber, quantile, ratio, summarize } from "../../../bench/statistics";

describe("the statistics of samples", () => {
    it("tell the median, how far the samples spread, and how many there are", () => {
        assert.deepEqual(summarize([3, 1, 2]), { median: 2, min: 1, max: 3, count: 3 });
    });

    it("take the middle of the two middle ones of an even number of samples", () => {
        assert.equal(summarize([4, 1, 2, 100])?.median, 3);
    });

    it("tell nothing of no samples", () => {
        assert.equal(summarize([]), undefined);
    });

    it("leave the samples in the order in which they were taken", () => {
        const samples = [3, 1, 2];
        summarize(samples);
        assert.deepEqual(samples, [3, 1, 2]);
    });

    it("find a quantile between two samples", () => {
        assert.equal(quantile([0, 10], 0.25), 2.5);
        assert.equal(quantile([7], 0.99), 7);
    });

    it("tell in which range a ratio may lie", () => {
        assert.deepEqual(ratio([10, 12, 11], [20, 22]), { value: 11 / 21, low: 10 / 22, high: 12 / 20, count: 2 });
    });

    it("make no ratio of what was not measured or is nothing", () => {
        assert.equal(ratio([], [1]), undefined);
        assert.equal(ratio([1], []), undefined);
        assert.equal(ratio([1], [0, 2]), undefined);
    });

    for (const [value, text] of [
        [0, "0"],
        [15, "15"],
        [1234.5, "1235"],
        [23.44, "23.4"],
        [2.345, "2.35"],
        [0.01234, "0.012"],
        [-0.5, "-0.5"],
        [Number.NaN, "-"],
    ] as const)
        it(`show ${String(value)} as ${text}`, () => {
            assert.equal(formatNumber(value), text);
        });
});
