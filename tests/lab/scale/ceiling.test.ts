import assert from "node:assert/strict";
import type { Trace } from "../../../shared/jaeger/client";
import type { Cluster } from "../../../lab/cluster";
import { labWithProgram, program } from "../support/sharedLab";
import { sendTraces, storedTraces, tier } from "../support/tier";

/** Spans per second of both samplers together: 20 % for the rest, and 40 % each for errors and slow traces. */
const CEILING = 100;
const TIER = tier({ slowMs: 500, restPercent: 10, maxSpansPerSecond: CEILING });
const SECONDS = 20;
/** Of two spans each: far above the ceiling. Of the rest, a tenth is wanted. */
const PER_SECOND = { errors: 200, slow: 5, other: 20 };

describe("a ceiling of two samplers, in a storm of errors,", function () {
    this.timeout(600_000);
    let lab: Cluster;
    let sent: Record<string, string[]>;
    let stored: Map<string, Trace>;
    /** A composite policy counts by the clock's seconds; all decisions are within these. */
    let seconds: number;
    before(async () => {
        lab = await labWithProgram();
        assert.equal((await program(lab, "up", TIER)).failed, undefined);
        const since = Date.now();
        const counts = Object.entries(PER_SECOND).map(([kind, rate]) => [kind, rate * SECONDS]);
        sent = await sendTraces(lab, Object.fromEntries(counts) as Record<string, number>, SECONDS);
        stored = await storedTraces(lab, since);
        seconds = Math.ceil((Date.now() - since) / 1000) + 1;
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
    });

    const kept = (kind: string): number => (sent[kind] ?? []).filter((id) => stored.has(id)).length;

    it("is not exceeded", () => {
        assert.deepEqual(sent["refused"] ?? [], []);
        const spans = [...stored.values()].reduce((sum, trace) => sum + trace.spans.length, 0);
        assert.ok(spans <= CEILING * seconds, `${String(spans)} spans in ${String(seconds)} s`);
    });

    it("leaves slow traces and the rest their own parts, in which all of them have room", () => {
        assert.equal(kept("slow"), sent["slow"]?.length);
        const tenth = (sent["other"]?.length ?? 0) / 10;
        assert.ok(kept("other") >= tenth / 4, `${String(kept("other"))} of about ${String(tenth)}`);
    });
});
