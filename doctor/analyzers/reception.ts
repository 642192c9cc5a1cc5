import { countExports } from "./export/counts";
import type { CollectorTarget } from "../inventory/collector";
import type { Evidence } from "../evidence";
import { growthOf, type CollectorGrowth } from "../evidence/collectorGrowth";
import { fullName } from "../inventory/mesh";
import type { Judgement } from "../segments";
import { draftFor, ok, unknown } from "./draft";
import { memoryLimitOf } from "./storage/limits";

const make = draftFor("reception");

/** Whether the collector takes what is sent to it. */
export function judgeReception(evidence: Evidence): Judgement {
    const { collector, collectorCounts, probes } = evidence;
    const arrived = probes.some(({ seen }) => seen);
    if (collector === undefined) return unknown("no provider, so no collector is known");
    const growth = growthOf(collectorCounts);
    if ("failure" in growth) {
        const values = { "collector's own metrics": `not read: ${growth.failure.reason}` };
        return arrived ? ok(values) : unknown(growth.failure.reason, values);
    }
    const { accepted, refused, silent } = growth.value;
    const values = {
        "spans accepted meanwhile": String(accepted),
        "spans refused meanwhile": String(refused),
        ...Object.fromEntries(silent.map(({ pod, reason }) => [`counts of Pod ${pod}`, `not read: ${reason}`])),
    };
    if (refused > 0) return refuses(growth.value, evidence, collector, values);
    if (arrived) return ok(values);
    // Whose spans they are no count tells; but each call of the path's sidecars was answered as taken.
    if (accepted > 0)
        return allTaken(evidence) ? ok(values) : unknown("it accepted spans, but whose cannot be told", values);
    if (silent.length > 0) return unknown("not all of its pods could be asked what they accepted", values);
    const finding = make({
        id: "spans-not-received",
        resource: nameOf(collector),
        expected: "accepted spans while the probe ran",
        got: "none, and none refused",
        cure: "What the sidecars send goes elsewhere: look whether the Service's pods are those whose metrics were read, and which receivers they run.",
        values,
    });
    return { state: "broken", values, findings: [finding] };
}

function refuses(
    { refused, accepted }: CollectorGrowth,
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): Judgement {
    const limit = memoryLimitOf(evidence);
    const limited = limit === undefined ? "" : `; ${limit.key} of ${limit.resource} is ${limit.value}`;
    const finding = make({
        id: "collector-refuses",
        resource: nameOf(collector),
        expected: "a collector that accepts every span",
        got: `${String(refused)} refused, ${String(accepted)} accepted meanwhile${limited}`,
        cure:
            "It is out of memory (memory_limiter) or its storage is behind: give it more memory, or lower the sampling. " +
            "Stack settings: resources.jaeger, samplingPercent.",
        values,
    });
    return { state: "broken", values, findings: [finding] };
}

/** True when every sidecar of the path has sent, and no call of theirs failed. */
function allTaken({ source, targets, collector }: Evidence): boolean {
    const sidecars = [source, ...targets].filter((sidecar) => sidecar !== undefined);
    return sidecars.every((sidecar) => {
        const counts = collector === undefined ? "none" : countExports(sidecar, collector);
        return typeof counts !== "string" && counts.succeeded > 0 && counts.failed === 0;
    });
}

function nameOf({ service, host }: CollectorTarget): string {
    return service === undefined ? host : `Service ${fullName(service)}`;
}
