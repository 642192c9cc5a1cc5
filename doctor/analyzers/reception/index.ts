import { countExports } from "../export/counts";
import type { CollectorTarget } from "../../inventory/collector";
import type { Evidence } from "../../evidence";
import { growthOf, type CollectorGrowth } from "../../evidence/collectorGrowth";
import { fullName } from "../../inventory/mesh";
import { describeUnread } from "../../inventory/otherSyntax";
import type { Judgement } from "../../segments";
import { draftFor, ok, unknown, waiting } from "../draft";
import { decisiveErrors } from "../storage/storeFault";
import { whyShortOfMemory } from "./memoryLimiter";

const make = draftFor("reception");

/** Whether the collector accepts the spans that it receives. */
export function judgeReception(evidence: Evidence): Judgement {
    const { collector, collectorCounts, probes } = evidence;
    const arrived = probes.some(({ seen }) => seen);
    if (collector === undefined) return unknown("no provider, so no collector is known");
    const growth = growthOf(collectorCounts);
    if ("failure" in growth) {
        const values = { "collector's own metrics": `not read: ${growth.failure.reason}` };
        return arrived ? ok(values) : unknown(describeUnread(collector.pods) ?? growth.failure.reason, values);
    }
    const { accepted, refused, silent } = growth.value;
    const values = {
        "spans accepted during the requests": String(accepted),
        "spans refused during the requests": String(refused),
        ...Object.fromEntries(silent.map(({ pod, reason }) => [`counts of Pod ${pod}`, `not read: ${reason}`])),
    };
    if (refused > 0 && decisiveErrors(evidence).length > 0)
        return { ...waiting("it refuses spans because the server behind it fails: see storage"), values };
    if (refused > 0) return refuses(growth.value, evidence, collector, values);
    if (arrived) return ok(values);
    // No count shows whose spans they are, but each call of the path's sidecars succeeded.
    if (accepted > 0)
        return allTaken(evidence)
            ? ok(values)
            : unknown("it accepted spans, but the counts do not show from whom", values);
    if (silent.length > 0) return unknown("the counts of some of its pods could not be read", values);
    const finding = make({
        id: "spans-not-received",
        resource: nameOf(collector),
        expected: "accepted spans during the probe",
        got: "no accepted and no refused spans",
        cure:
            "The sidecars' spans arrive somewhere else. Check whether the Service's pods are the pods whose metrics " +
            "were read, and which receivers they run.",
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
    const memory = whyShortOfMemory(evidence, collector);
    const finding = make({
        id: "collector-refuses",
        resource: nameOf(collector),
        expected: "a collector that accepts every span",
        cure:
            "Its storage is too slow, or it is short of memory. Check its log. Give it more memory, or lower the sampling. " +
            "Stack settings: resources.jaeger, samplingPercent.",
        ...memory,
        got: `${String(refused)} refused and ${String(accepted)} accepted spans during the probe${memory === undefined ? "" : `; ${memory.got}`}`,
        values,
    });
    return { state: "broken", values, findings: [finding] };
}

/** True if every sidecar of the path made calls and none failed. */
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
