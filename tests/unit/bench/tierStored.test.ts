import assert from "node:assert/strict";
import { missingFaults, missingSpans, type StoredTraces } from "../../../bench/tier/stored";

describe("what the tier has lost of the traces that it acknowledged", () => {
    const stored: StoredTraces = new Map([
        ["whole", { spans: new Set(["1", "2", "3"]), hasLast: true }],
        ["only the fault", { spans: new Set(["3"]), hasLast: true }],
        ["without the fault", { spans: new Set(["1", "2"]), hasLast: false }],
    ]);
    const sent = ["whole", "only the fault", "without the fault", "gone"];

    it("counts each span that is not stored", () => {
        assert.equal(missingSpans(stored, sent, 3), 0 + 2 + 1 + 3);
    });

    it("counts each trace without the span that has its fault", () => {
        assert.equal(missingFaults(stored, sent), 2);
    });
});
