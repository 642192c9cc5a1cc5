import assert from "node:assert/strict";
import {
    cachedDecisions,
    checkHeadRate,
    evictionFreeTraces,
    keptShares,
    leastMemory,
    samplerNeeds,
    storedPerDay,
} from "../../../checks/collector/tierSizing";

const SIZE = { samplers: 2, waitingTraces: 50_000, decisionWaitSeconds: 10, memoryLimitBytes: undefined };
const LOAD = { requestsPerSecond: 1000, headPercent: 100, spansPerRequest: 10, bytesPerSpan: 3000 };

describe("the arithmetic of a Collector tier", () => {
    it("says how many new traces a sampler takes before it evicts undecided ones", () => {
        // A trace waits for the decision wait, and up to a second more for the next decision.
        assert.equal(Math.floor(evictionFreeTraces(SIZE)), 4545);
        // The processor's own defaults.
        assert.equal(Math.floor(evictionFreeTraces({ ...SIZE, decisionWaitSeconds: 30 })), 1612);
    });

    it("says what a load asks of each sampler", () => {
        const needs = samplerNeeds(SIZE, LOAD);
        assert.equal(needs.tracesPerSecond, 500);
        assert.equal(needs.waitingSpans, 55_000);
        assert.equal(needs.spansPerSecond, 10_000);
        // 157 MiB of spans, 80 at rest, and 82 of traces and decisions that it remembers, in 40 % of the limit.
        assert.equal(Math.round(needs.memoryBytes / 2 ** 20), 800);
        assert.equal(samplerNeeds(SIZE, { ...LOAD, headPercent: 1 }).waitingSpans, 550);
    });

    it("counts what a sampler remembers, and keeps that within bounds", () => {
        assert.deepEqual(cachedDecisions(50_000), { kept: 50_000, dropped: 500_000 });
        assert.deepEqual(cachedDecisions(10_000_000), { kept: 1_000_000, dropped: 1_000_000 });
        assert.equal(Math.round(leastMemory(SIZE) / 2 ** 20), 406);
        assert.ok(leastMemory({ waitingTraces: 10_000_000 }) > 7 * 2 ** 30);
    });

    it("multiplies the rates of the mesh and of the tier", () => {
        assert.deepEqual(keptShares(100, 1), { wantedPercent: 100, restPercent: 1 });
        assert.deepEqual(keptShares(1, 1), { wantedPercent: 1, restPercent: 0.01 });
        assert.equal(storedPerDay(LOAD, 1).spans, 8_640_000);
        assert.equal(storedPerDay(LOAD, 1, 40).spans, 40 * 86_400);
    });

    it("warns of a mesh that throws errors away before the tier can want them", () => {
        const [found] = checkHeadRate(1, true);
        assert.equal(found?.id, "tail-sampling-head-rate");
        assert.match(found.got, /1 % of the errors.* 95 %, at least 299 must occur\./);
        assert.match(found.cure, /100 times as many spans/);
        assert.deepEqual(checkHeadRate(100, true), []);
        assert.deepEqual(checkHeadRate(1, false), []);
        assert.equal(checkHeadRate(0, true).length, 1);
    });
});
