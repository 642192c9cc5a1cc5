import { areListenersUpdating } from "../../probe/listenerUpdates";
import type { Evidence } from "../../evidence";
import { growthOf } from "../../evidence/collectorGrowth";
import { expectedHops } from "../../evidence/awaitTraces";
import { sidecarOf } from "../../inventory/mesh";
import type { DoctorFinding, SegmentName } from "../../segments";
import type { SamplingReport } from "../sampling/report";
import { countExports } from "./counts";
import { draftFor } from "../draft";
import { droppersOf } from "../storage/misroutedSpans";
import { readStructure } from "../../evidence/traceStructure";

/** Counts of spans at each stage of their way during the doctor's requests; undefined if not counted. */
export interface LossReport {
    /** By the sidecars of the path, if all of them count. Envoy counts a span as sent before it is exported. */
    made: number | undefined;
    exportsSucceeded: number | undefined;
    exportsFailed: number | undefined;
    /** Of the whole mesh, like all fields until `expected`. */
    accepted: number | undefined;
    refused: number | undefined;
    stored: number | undefined;
    /** Batches that still wait to be stored. */
    queued: number | undefined;
    /** Spans that the doctor's own requests must produce, one for each hop; undefined below 100 percent. */
    expected: number | undefined;
    /** Those of them that Jaeger has; undefined if it could not be queried. */
    found: number | undefined;
    /** The missing ones, by the hop that should have reported them. */
    missing: Record<string, number>;
}

/**
 * Counts the doctor's own spans at each stage of their way.
 *
 * @param sampled whether sampling explains why there are fewer traces than requests.
 */
export function reportLoss(
    evidence: Evidence,
    { configuredPercent, livePercent }: SamplingReport,
    sampled: boolean,
): LossReport {
    const { probes, burst, path, source, targets, collector, collectorCounts, query } = evidence;
    const hops = expectedHops(path);
    const whole = !sampled && configuredPercent === 100 && (livePercent ?? 100) === 100;
    const traces = [...probes.map(({ trace }) => trace), ...(burst?.traces ?? [])];
    const sent = probes.length + (burst?.traces === undefined ? 0 : whole ? burst.answered : burst.traces.length);
    const missing: Record<string, number> = {};
    for (const { what } of hops) missing[what] = Math.max(0, sent - traces.length);
    for (const trace of traces) {
        for (const hop of readStructure(trace, "", hops).missing) missing[hop] = (missing[hop] ?? 0) + 1;
    }
    const lost = Object.values(missing).reduce((sum, count) => sum + count, 0);
    const sidecars = [source, ...targets]
        .filter((sidecar) => sidecar !== undefined)
        .filter(({ sinceStart }) => sinceStart !== true);
    const injected = [path.source, ...path.targets].filter((pod) => sidecarOf(pod) !== undefined);
    const exports = sidecars
        .map((sidecar) => (collector === undefined ? "no collector" : countExports(sidecar, collector)))
        .filter((count) => typeof count !== "string");
    const made = sidecars.map(({ before, after }) =>
        "value" in before && "value" in after ? spansMade(before.value.stats, after.value.stats) : undefined,
    );
    const growth = growthOf(collectorCounts);
    const counted = "value" in growth ? growth.value : undefined;
    return {
        made: sidecars.length === injected.length ? sumOfAll(made) : undefined,
        exportsSucceeded: sum(exports.map(({ succeeded }) => succeeded)),
        exportsFailed: sum(exports.map(({ failed }) => failed)),
        accepted: counted?.accepted,
        refused: counted?.refused,
        stored: counted?.stored,
        queued: counted?.queued,
        expected: whole ? sent * hops.length : undefined,
        found: query.client === undefined ? undefined : sent * hops.length - lost,
        missing: query.client === undefined ? {} : missing,
    };
}

/**
 * Shown without a finding while open connections still use the old configuration. The warm-up uses up nearly all idle
 * ones.
 */
const SPARED = 2;
const SPARED_SHARE = 0.01;

/**
 * Spans that were lost while others arrived. Envoy counts none of them. An error where counts prove after which
 * station, and a warning where they may have been dropped on purpose, may still come, or nobody can say where they are.
 */
export function judgeLoss(report: LossReport, evidence: Evidence): DoctorFinding[] {
    const { query, burst } = evidence;
    const lost = Object.entries(report.missing).filter(([, count]) => count > 0);
    const total = lost.reduce((sum, [, count]) => sum + count, 0);
    const found = report.found ?? 0;
    const unseen = (burst?.failed ?? 0) * Object.keys(report.missing).length;
    const spared = areListenersUpdating(evidence) ? Math.max(SPARED, (found + total) * SPARED_SHARE) : 0;
    if (found === 0 || total <= spared + unseen) return [];
    const show = (count: number | undefined): string => (count === undefined ? "not counted" : String(count));
    const { segment, where, proven } = locate(report, total);
    const droppers = segment === "storage" ? droppersOf(evidence) : undefined;
    const by = droppers === undefined ? "" : `; ${droppers.names.join(", ")} of the collector may have dropped them`;
    return [
        draftFor(segment)({
            id: "spans-lost",
            severity: proven && droppers === undefined ? "error" : "warning",
            resource: droppers?.resource ?? query.where,
            expected: "every span of the doctor's own requests",
            got: `${lost.map(([hop, count]) => `${String(count)} of ${hop} missing`).join(", ")}; ${where}${by}`,
            cure:
                droppers === undefined
                    ? "Spans are lost under load or while the collector is unavailable, and are never resent. " +
                      "Check its restarts and refused spans, and the sidecars' export failures."
                    : "If you do not intend to drop them, remove that processor from the collector's pipeline, or configure it to keep them.",
            values: {
                "spans made": show(report.made),
                "export calls": `${show(report.exportsSucceeded)} succeeded, ${show(report.exportsFailed)} failed`,
                "spans accepted": show(report.accepted),
                "spans refused": show(report.refused),
                "spans stored": show(report.stored),
            },
        }),
    ];
}

interface Station {
    segment: SegmentName;
    where: string;
    /** True if the counts have no other explanation. */
    proven: boolean;
}

/** The station after which this many spans are missing. Spans of other requests can hide it in a sum. */
function locate(report: LossReport, lost: number): Station {
    const { made, expected, exportsFailed, accepted, refused, stored, queued = 0 } = report;
    const proven = true;
    if (made !== undefined && expected !== undefined && made < expected) {
        return { segment: "sidecar", where: `the sidecars created ${String(made)} of ${String(expected)}`, proven };
    }
    if (exportsFailed !== undefined && exportsFailed > 0) {
        return { segment: "export", where: `${String(exportsFailed)} calls to the collector failed`, proven };
    }
    if (refused !== undefined && refused > 0) {
        return { segment: "reception", where: `the collector refused ${String(refused)}`, proven };
    }
    if (made !== undefined && accepted !== undefined && accepted < made) {
        const where = `${String(made)} left the sidecars and ${String(accepted)} arrived`;
        return { segment: "export", where, proven };
    }
    if (accepted !== undefined && stored !== undefined && accepted - stored >= lost) {
        const where = `${String(stored)} of ${String(accepted)} accepted spans were stored`;
        return { segment: "storage", where, proven: queued === 0 };
    }
    return { segment: "storage", where: "no count shows where they were lost", proven: false };
}

/** Undefined for a sidecar without tracing statistics. */
function spansMade(before: Record<string, number>, after: Record<string, number>): number | undefined {
    const names = Object.keys(after).filter((name) => /^tracing\.\w+\.spans_sent$/.test(name));
    if (names.length === 0) return undefined;
    // A restarted Envoy counts from zero.
    const made = names.map((name) => [before[name] ?? 0, after[name] ?? 0] as const);
    return made.reduce((total, [then, now]) => total + (now >= then ? now - then : now), 0);
}

function sumOfAll(numbers: (number | undefined)[]): number | undefined {
    return numbers.includes(undefined) ? undefined : sum(numbers);
}

function sum(numbers: (number | undefined)[]): number | undefined {
    const known = numbers.filter((number) => number !== undefined);
    return known.length === 0 ? undefined : known.reduce((left, right) => left + right, 0);
}
