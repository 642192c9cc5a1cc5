import type { Evidence } from "../evidence";
import { fullName } from "../inventory/mesh";
import type { Judgement } from "../segments";
import { draftFor, unknown } from "./draft";

const make = draftFor("reception");

/** Whether the collector takes what is sent to it. */
export function judgeReception({ collector, collectorCounts, probes }: Evidence): Judgement {
    const { before, after } = collectorCounts;
    const arrived = probes.some(({ seen }) => seen);
    if (collector === undefined) return unknown("no provider, so no collector is known");
    const resource = collector.service === undefined ? collector.host : `Service ${fullName(collector.service)}`;
    if ("failure" in before || "failure" in after) {
        const reason = "failure" in after ? after.failure.reason : "its metrics could not be read before the probe";
        const values = { "collector's own metrics": `not read: ${reason}` };
        return arrived ? { state: "ok", values, findings: [] } : unknown(reason, values);
    }
    const accepted = grown(before.value.accepted, after.value.accepted);
    const refused = grown(before.value.refused, after.value.refused);
    const values = { "spans accepted meanwhile": String(accepted), "spans refused meanwhile": String(refused) };
    if (refused > 0) {
        const finding = make({
            id: "collector-refuses",
            resource,
            expected: "a collector that accepts every span",
            got: `${String(refused)} refused, ${String(accepted)} accepted meanwhile`,
            cure:
                "It is out of memory (memory_limiter) or its storage is behind: give it more memory, or lower the sampling. " +
                "Stack settings: resources.jaeger, samplingPercent.",
            values,
        });
        return { state: "broken", values, findings: [finding] };
    }
    if (arrived) return { state: "ok", values, findings: [] };
    if (accepted > 0) return unknown("it accepted spans, but whose cannot be told", values);
    const finding = make({
        id: "spans-not-received",
        resource,
        expected: "accepted spans while the probe ran",
        got: "none, and none refused",
        cure: "What the sidecars send goes elsewhere: look whether the Service's pods are those whose metrics were read, and which receivers they run.",
        values,
    });
    return { state: "broken", values, findings: [finding] };
}

/** A pod that began anew counts from nothing. */
export function grown(before: number, after: number): number {
    return after >= before ? after - before : after;
}
