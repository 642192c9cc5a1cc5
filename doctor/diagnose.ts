import type { Trace } from "../shared/jaeger/client";
import { showBytes } from "../shared/values/bytes";
import { draftFor } from "./analyzers/draft";
import { judgeEntry } from "./analyzers/entry";
import { judgeExport } from "./analyzers/export";
import { judgeLoss, reportLoss, type LossReport } from "./analyzers/export/spanLoss";
import { judgeInventory } from "./analyzers/inventory";
import { isEveryProbeComplete, judgePropagation } from "./analyzers/propagation";
import { judgeQuery } from "./analyzers/query";
import { judgeReception } from "./analyzers/reception";
import { judgeRouting } from "./analyzers/routing";
import { applyRules } from "./analyzers/rules";
import { judgeSampling, reportSampling, type SamplingReport } from "./analyzers/sampling";
import { judgeRequestIds } from "./analyzers/sampling/requestIds";
import { judgeSidecar } from "./analyzers/sidecar";
import { judgeStorage } from "./analyzers/storage";
import type { Evidence } from "./evidence";
import { LOG_BOUNDS } from "./evidence/accessLog";
import { takeInventory, type Inventory } from "./inventory";
import { unread } from "./inventory/discovery";
import { fullName } from "./inventory/mesh";
import { describePath } from "./probe/path";
import { SEGMENTS, type DoctorFinding, type Judgement, type SegmentName, type SegmentResult } from "./segments";

/** What the doctor came to. */
export interface Diagnosis {
    /** In words: from which pod to which URL. */
    path: string;
    mesh: { revision: string; version: string; installer: string; namespace: string };
    /** True when the trace of every probe is complete, and nothing is an error. */
    healthy: boolean;
    /** The first segment at which the evidence breaks off, else that of the first error; undefined without an error. */
    brokenAt: DoctorFinding["segment"] | undefined;
    segments: SegmentResult[];
    findings: DoctorFinding[];
    /** What there is beside the path. */
    inventory: Inventory;
    sampling: SamplingReport;
    loss: LossReport;
    /** A probe's trace, the most complete one. */
    trace: Trace | undefined;
    /** What could not be read, mostly for want of rights. */
    skipped: { what: string; reason: string }[];
}

const JUDGES: Record<SegmentName, (evidence: Evidence) => Judgement> = {
    entry: judgeEntry,
    sidecar: judgeSidecar,
    routing: judgeRouting,
    propagation: judgePropagation,
    export: judgeExport,
    reception: judgeReception,
    storage: judgeStorage,
    query: judgeQuery,
};
/** They say no more than that something did not arrive, which another fault explains. */
const CONSEQUENCES = ["spans-not-received", "trace-not-found", "trace-broken"];
/** Segments that a complete trace has passed, whatever else they lose. */
const PASSED: string[] = ["export", "reception", "storage"] satisfies SegmentName[];

/** Judges each segment, and finds the first at which the evidence breaks off. */
export function diagnose(evidence: Evidence): Diagnosis {
    const complete = isEveryProbeComplete(evidence);
    const judged = SEGMENTS.map((segment) => ({ segment, ...JUDGES[segment](evidence) }));
    const seen = judged.map((result) => (complete ? passed(result) : result));
    const brokenAt = firstBroken(seen);
    const segments = seen.map((result) => explained(result, brokenAt));
    const sampling = reportSampling(evidence, complete);
    const loss = reportLoss(evidence, sampling);
    const inventory = takeInventory(evidence);
    const own = segments.flatMap(({ findings }) => findings);
    const extra = complete
        ? [...judgeSampling(sampling, evidence), ...judgeRequestIds(evidence), ...judgeLoss(loss, evidence)]
        : [];
    const blind = whyBlind(evidence) !== undefined;
    const located = complete || blind || brokenAt !== undefined ? [] : [lostSomewhere(segments)];
    const all = [...own, ...located, ...extra, ...applyRules(evidence), ...judgeInventory(inventory, evidence)];
    const findings = withoutRepeats(all);
    const error = findings.find(({ severity }) => severity === "error");
    const { revision, version, installer, namespace } = evidence.mesh;
    return {
        path: describePath(evidence.path),
        mesh: { revision, version, installer, namespace },
        healthy: complete && error === undefined,
        brokenAt: brokenAt ?? located[0]?.segment ?? error?.segment,
        segments: located[0] === undefined ? segments : markBroken(segments, located[0]),
        ...{ findings, inventory, sampling, loss },
        trace: evidence.probes.map(({ trace }) => trace).sort((left, right) => size(right) - size(left))[0],
        skipped: skippedOf(evidence),
    };
}

/** The first with a fault of its own; spans that did not arrive also break what comes before their loss. */
function firstBroken(segments: SegmentResult[]): SegmentName | undefined {
    const broken = segments.filter(({ state }) => state === "broken");
    const own = broken.find(({ findings }) => findings.some(({ id }) => !CONSEQUENCES.includes(id)));
    return (own ?? broken[0])?.segment;
}

/** What another fault explains says nothing of this segment. */
function explained(result: SegmentResult, brokenAt: SegmentName | undefined): SegmentResult {
    const { segment, state, values, findings } = result;
    const own = segment === brokenAt ? findings : findings.filter(({ id }) => !CONSEQUENCES.includes(id));
    if (state !== "broken" || own.length > 0) return { ...result, findings: own };
    return { ...result, state: "unknown", values: { ...values, unknown: `see ${brokenAt ?? ""}` }, findings: own };
}

/** What could not be read, so that nothing is said about it. */
function skippedOf(evidence: Evidence): Diagnosis["skipped"] {
    const { discovery, source, targets, collector, collectorCounts } = evidence;
    const sidecars = [source, ...targets].flatMap((sidecar) => {
        if (sidecar === undefined) return [];
        const { pod, listeners, clusters, before, after } = sidecar;
        const failed = [listeners, clusters, before, after].find((fact) => "failure" in fact);
        const what = `sidecar of Pod ${fullName(pod)}`;
        return failed !== undefined && "failure" in failed ? [{ what, reason: failed.failure.reason }] : [];
    });
    const logs = (evidence.cutLogs ?? []).map((pod) => ({
        what: `access log of Pod ${pod}`,
        reason: `longer than what is read of it: of the last ${String(LOG_BOUNDS.seconds)} s the newest ${String(LOG_BOUNDS.lines)} lines, and ${showBytes(LOG_BOUNDS.bytes)} of these`,
    }));
    const { after } = collectorCounts;
    // Of a collector without pods, other findings tell.
    const metrics =
        "failure" in after && collector !== undefined && collector.pods.length > 0
            ? [{ what: "the collector's own metrics", reason: after.failure.reason }]
            : [];
    const blind = whyBlind(evidence);
    const asked = blind === undefined ? [] : [{ what: "Jaeger's query API", reason: blind }];
    return [...unread(discovery), ...sidecars, ...logs, ...metrics, ...asked];
}

/** Why nobody can say whether the probes' traces are kept, with the next step. */
function whyBlind({ query, probes }: Evidence): string | undefined {
    if (query.blind === undefined || probes.some(({ seen }) => seen)) return undefined;
    const elsewhere = "it has none of the probes' traces, and the mesh's collector is outside of the cluster";
    return `${query.problem ?? elsewhere}; ${query.blind}`;
}

/** A segment through which every probe went works, even if it also loses spans of others. */
function passed(result: SegmentResult): SegmentResult {
    if (!PASSED.includes(result.segment) && result.state === "broken") return result;
    const findings = result.findings.map((finding) => ({ ...finding, severity: "warning" as const }));
    return { ...result, state: "ok", findings };
}

/** No segment shows a fault of its own: the first of which nothing good is known. */
function lostSomewhere(segments: SegmentResult[]): DoctorFinding {
    const at =
        segments.find(({ state }) => state === "unknown") ?? segments.find(({ segment }) => segment === "storage");
    const segment = at?.segment ?? "storage";
    return draftFor(segment)({
        id: `lost-in-${segment}`,
        resource: segment,
        expected: "the probe to pass",
        got: at?.values["unknown"] ?? "all signs are good, and the probe's trace is not complete",
        cure: "The values below are all that was seen; the segments before it work.",
        values: at?.values ?? {},
    });
}

/** Of what is an error, no advice is needed as well. */
function withoutRepeats(findings: DoctorFinding[]): DoctorFinding[] {
    const errors = findings.filter(({ severity }) => severity === "error");
    const isRepeat = (finding: DoctorFinding): boolean =>
        finding.severity !== "error" &&
        errors.some(({ id, resource }) => id === finding.id && resource === finding.resource);
    return findings.filter((finding) => !isRepeat(finding));
}

function markBroken(segments: SegmentResult[], { segment }: DoctorFinding): SegmentResult[] {
    return segments.map((result) => (result.segment === segment ? { ...result, state: "broken" } : result));
}

function size(trace: Trace | undefined): number {
    return trace?.spans.length ?? 0;
}
