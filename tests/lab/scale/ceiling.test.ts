import assert from "node:assert/strict";
import type { Trace } from "../../../shared/jaeger/client";
import type { Cluster } from "../../../lab/cluster";
import { labWith, restore } from "../support/sharedLab";
import { sendTraces, storedTraces, tier } from "../support/tier";

/** Spans per second of both samplers together, and the percentage of each rule. */
const CEILING = 200;
const PARTS = { errors: 40, slow: 40, rest: 20 };
/** Long enough for both spans of a trace to be there on a busy machine: a span after the decision is not counted. */
const DECISION_SECONDS = 5;
const TIER = tier(
    { slowMs: 500, restPercent: 10, maxSpansPerSecond: CEILING },
    { decisionWaitSeconds: DECISION_SECONDS },
);
const SECONDS = 20;
/** Of two spans each. A single second of one sampler has room for all slow traces, however late they are decided. */
const PER_SECOND = { errors: 200, slow: 1, other: 20 };
const KEPT_BY = "tailsampling.composite_policy";

describe("a ceiling of two samplers, in a storm of errors,", function () {
    this.timeout(600_000);
    let lab: Cluster;
    let sent: Record<string, string[]>;
    let stored: Map<string, Trace>;
    /** A composite policy counts by the clock's seconds; all decisions are within these. */
    let seconds: number;
    before(async () => {
        lab = await labWith(TIER);
        const since = Date.now();
        const counts = Object.entries(PER_SECOND).map(([kind, rate]) => [kind, rate * SECONDS]);
        sent = await sendTraces(lab, Object.fromEntries(counts) as Record<string, number>, SECONDS);
        stored = await storedTraces(lab, since, DECISION_SECONDS);
        seconds = Math.ceil((Date.now() - since) / 1000) + 1;
    });
    after(() => restore(lab));

    const kept = (kind: string): number => (sent[kind] ?? []).filter((id) => stored.has(id)).length;
    /** Spans for which a rule had room, which is written on them when the decision is made. */
    const keptBy = (rule: string): number =>
        [...stored.values()].flatMap(({ spans }) => spans).filter(({ tags }) => tags[KEPT_BY] === rule).length;

    it("is not exceeded", () => {
        assert.deepEqual(sent["refused"] ?? [], []);
        const spans = Object.keys(PARTS).reduce((sum, rule) => sum + keptBy(rule), 0);
        assert.ok(spans <= CEILING * seconds, `${String(spans)} spans in ${String(seconds)} s`);
    });

    for (const [rule, percent] of Object.entries(PARTS)) {
        it(`keeps for the rule ${rule} something, and no more than its part`, () => {
            const spans = keptBy(rule);
            const part = (CEILING * percent * seconds) / 100;
            assert.ok(spans > 0 && spans <= part, `${String(spans)} spans of at most ${String(part)}`);
        });
    }

    it("drops errors beyond their part, although other rules leave some of theirs", () => {
        const [all, some] = [sent["errors"]?.length ?? 0, kept("errors")];
        assert.ok(some < all, `${String(some)} of ${String(all)} are kept`);
    });

    it("leaves slow traces and the rest their own parts, in which all of them have room", () => {
        assert.equal(kept("slow"), sent["slow"]?.length);
        const tenth = (sent["other"]?.length ?? 0) / 10;
        assert.ok(kept("other") >= tenth / 4, `${String(kept("other"))} of about ${String(tenth)}`);
    });
});
