import assert from "node:assert/strict";
import type { Evidence } from "../../../../../doctor/evidence";
import type { CollectorCounts } from "../../../../../doctor/evidence/collectorMetrics";
import { judgeStorage } from "../../../../../doctor/analyzers/storage";

const REST: CollectorCounts = { accepted: 0, refused: 0, stored: 0, storeFailed: 0, queued: 0 };

function read(counts: Partial<CollectorCounts>): Evidence["collectorCounts"]["after"] {
    return { value: [{ pod: "istio-system/jaeger", counts: { value: { ...REST, ...counts } } }] };
}

/** A collector that accepted 200 spans meanwhile, and a Jaeger that has none of them. */
function lost(counts: Partial<CollectorCounts>): string[] {
    const evidence = {
        collectorCounts: { before: read({}), after: read({ accepted: 200, ...counts }) },
        probes: [{ trace: undefined, seen: false }],
        query: { client: {}, where: "Service jaeger-query" },
    } as unknown as Evidence;
    return judgeStorage(evidence).findings.map(({ id, got }) => `${id}: ${got}`);
}

describe("spans that were accepted and are not found", () => {
    it("wait for a storage that does not answer", () => {
        assert.deepEqual(lost({ queued: 17 }), ["storage-failing: 17 batches that wait for it, and no probe found"]);
    });

    it("failed to be stored", () => {
        assert.deepEqual(lost({ storeFailed: 200 }), [
            "storage-failing: 200 spans that the collector could not hand on",
        ]);
    });

    it("went elsewhere, where the collector knows of nothing amiss", () => {
        assert.deepEqual(lost({ stored: 200 }), ["trace-not-found: 0 of 1 found"]);
    });
});
