import type { Diagnosis } from "../diagnose";
import type { Evidence } from "../evidence";
import type { Sight } from "../watch/sight";
import type { MetricValues } from "./metrics";

const STATES = ["ok", "broken", "unknown"] as const;

/** What an examination shows, in metrics. */
export function observeExamination(
    values: MetricValues,
    { segments, sampling, loss, skipped, complete }: Diagnosis,
    { probedAt }: Pick<Evidence, "probedAt">,
): void {
    const result = resultOf({ segments, complete });
    values.set("probeSuccess", { complete: 1, incomplete: 0, unknown: undefined }[result]);
    values.add("probes", 1, { result });
    values.set("probeDuration", probedAt && (probedAt.to - probedAt.from) / 1000);
    values.add("spansMade", loss.made);
    values.add("spansExported", loss.exportsSucceeded, { result: "succeeded" });
    values.add("spansExported", loss.exportsFailed, { result: "failed" });
    values.add("spansAccepted", loss.accepted);
    values.add("spansRefused", loss.refused);
    values.add("spansStored", loss.stored);
    values.add("spansExpected", loss.expected);
    const missing = Object.values(loss.missing).reduce((sum, count) => sum + count, 0);
    values.add("spansMissing", loss.found === undefined ? undefined : missing);
    values.set("samplingWanted", sampling.configuredPercent / 100);
    values.set("samplingSeen", sampling.livePercent === undefined ? undefined : sampling.livePercent / 100);
    for (const { segment, state } of segments)
        for (const one of STATES) values.set("segment", one === state ? 1 : 0, { segment, state: one });
    values.setAll(
        "unknown",
        [...new Set(skipped.map(({ what }) => what))].map((what) => ({ what })),
    );
}

/** An examination that failed proves nothing. */
export function observeFailure(values: MetricValues): void {
    values.set("probeSuccess", undefined);
    values.add("probes", 1, { result: "unknown" });
    values.set("samplingSeen", undefined);
    values.setAll("segment", []);
    values.setAll("unknown", [{ what: "the mesh" }]);
}

/** The confirmed findings. */
export function observeFindings(values: MetricValues, { findings }: Pick<Sight, "findings">): void {
    values.setAll(
        "finding",
        findings.map(({ id, segment, severity, resource }) => ({ id, segment, severity, resource })),
    );
}

/**
 * A fault beside the probe's way, such as a second back end, leaves its trace complete. The trace of a request that reaches
 * no server is complete too, as far as there are pods to report spans, but proves nothing. Without a broken segment, a trace
 * that is not complete may only not have been found.
 */
function resultOf({
    segments,
    complete,
}: Pick<Diagnosis, "segments" | "complete">): "complete" | "incomplete" | "unknown" {
    const broken = segments.flatMap(({ segment, state }) => (state === "broken" ? [segment] : []));
    if (complete && !broken.includes("routing")) return "complete";
    return broken.length > 0 ? "incomplete" : "unknown";
}
