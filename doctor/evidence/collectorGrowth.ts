import type { Fact, Failure } from "../../shared/cluster/facts";
import type { CollectorCounts, PodCounts } from "./collectorMetrics";

/** Two readings of a collector's counts. */
export interface CollectorReadings {
    before: Fact<PodCounts[]>;
    after: Fact<PodCounts[]>;
}

/** A collector's counts between two readings. */
export interface CollectorGrowth extends CollectorCounts {
    /** Pods whose counts are missing, and the reason. */
    silent: { pod: string; reason: string }[];
}

/** The counts of the pods that could be read both times; a failure if there is none. */
export function growthOf({ before, after }: CollectorReadings): Fact<CollectorGrowth> {
    if ("failure" in after) return after;
    if ("failure" in before) return before;
    const grown: CollectorCounts[] = [];
    const silent: CollectorGrowth["silent"] = [];
    let failure: Failure | undefined;
    for (const { pod, counts } of after.value) {
        const earlier = before.value.find((one) => one.pod === pod);
        const unread = [counts, earlier?.counts].find((fact) => fact !== undefined && "failure" in fact);
        if (unread !== undefined && "failure" in unread) {
            failure ??= unread.failure;
            silent.push({ pod, reason: unread.failure.reason });
        } else if ("value" in counts) {
            // A new pod counts from zero.
            grown.push(
                subtract(
                    counts.value,
                    earlier !== undefined && "value" in earlier.counts ? earlier.counts.value : NOTHING,
                ),
            );
        }
    }
    if (grown.length === 0) return { failure: failure ?? { kind: "unexpected", reason: "it has no pod" } };
    return { value: { ...grown.reduce(add), silent } };
}

const NOTHING: CollectorCounts = { accepted: 0, refused: 0, stored: 0, storeFailed: 0, queued: 0 };

function subtract(now: CollectorCounts, then: CollectorCounts): CollectorCounts {
    return {
        accepted: grown(then.accepted, now.accepted),
        refused: grown(then.refused, now.refused),
        stored: now.stored === undefined ? undefined : grown(then.stored ?? 0, now.stored),
        storeFailed: grown(then.storeFailed, now.storeFailed),
        queued: now.queued,
    };
}

function add(left: CollectorCounts, right: CollectorCounts): CollectorCounts {
    return {
        accepted: left.accepted + right.accepted,
        refused: left.refused + right.refused,
        stored: left.stored === undefined || right.stored === undefined ? undefined : left.stored + right.stored,
        storeFailed: left.storeFailed + right.storeFailed,
        queued: left.queued + right.queued,
    };
}

/** A restarted pod counts from zero. */
function grown(before: number, after: number): number {
    return after >= before ? after - before : after;
}
