import type { Trace } from "../shared/jaeger/client";
import { judgeLoss, reportLoss, type LossReport } from "./analyzers/export/spanLoss";
import type { Evidence } from "./evidence";
import { SEGMENTS, type DoctorFinding, type Judgement, type SegmentName, type SegmentResult } from "./segments";
import { describePath } from "./probe/path";
import { nameOwners } from "./remediation/owners";
import { resumePaused } from "./remediation/paused";
import { judgeLiveRate, judgeSampling, reportSampling } from "./analyzers/sampling";
import type { SamplingReport } from "./analyzers/sampling/report";
import { requestIdsOff } from "./analyzers/sampling/requestIdsOff";
import { otherFindings } from "./analyzers/otherFindings";
import { mirrored } from "./analyzers/routing/answeredElsewhere";
import { judgeEntry } from "./analyzers/entry";
import { judgeExport } from "./analyzers/export";
import { isGap, lostSomewhere } from "./analyzers/lostSomewhere";
import { judgePropagation, isEveryProbeComplete } from "./analyzers/propagation";
import { judgeInventory } from "./analyzers/inventory";
import { judgeQuery } from "./analyzers/query";
import { judgeRequestIds } from "./analyzers/sampling/requestIds";
import { judgeReception } from "./analyzers/reception";
import { judgeRouting } from "./analyzers/routing";
import { judgeSidecar } from "./analyzers/sidecar";
import { judgeStorage } from "./analyzers/storage";
import { takeInventory, type Inventory } from "./inventory";
import { skippedOf, whyBlind, type Skipped } from "./skipped";

/** The doctor's diagnosis. */
export interface Diagnosis {
    /** The path for people: from which pod to which URL. */
    path: string;
    mesh: { revision: string; version: string; installer: string; namespace: string };
    /** True if the trace of every probe is complete and there is no error. */
    healthy: boolean;
    /** True if the trace of every probe is complete, whatever else is wrong. */
    complete: boolean;
    /** The first segment at which the evidence ends, otherwise that of the first error; undefined without an error. */
    brokenAt: DoctorFinding["segment"] | undefined;
    segments: SegmentResult[];
    findings: DoctorFinding[];
    /** The rest of the mesh. */
    inventory: Inventory;
    sampling: SamplingReport;
    loss: LossReport;
    /** The most complete trace of a probe. */
    trace: Trace | undefined;
    /** What could not be read, usually because of missing rights. */
    skipped: Skipped[];
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
/** Findings that only show that something did not arrive, which another fault explains. */
const CONSEQUENCES = ["spans-not-received", "trace-not-found", "trace-broken"];
/** Findings that explain why there are fewer traces than requests, so that no trace was lost. */
const EXPLAINS_LOSS = ["sampling-not-live", "sampling-overridden", "sampling-differs", "request-id-disabled"];
/** Segments that a complete trace has passed, even if they lose other spans. */
const PASSED: string[] = ["export", "reception", "storage"] satisfies SegmentName[];

/** Analyzes each segment, and finds the first one at which the evidence ends. */
export function diagnose(evidence: Evidence): Diagnosis {
    const complete = isEveryProbeComplete(evidence);
    const judged = SEGMENTS.map((segment) => ({ segment, ...JUDGES[segment](evidence) }));
    const seen = judged.map((result) => (complete ? passed(result) : result));
    const measured = reportSampling(evidence, complete);
    const unsampled = complete ? undefined : whyUnsampled(measured, evidence);
    const brokenAt = firstBroken(seen, unsampled !== undefined);
    const judgedSegments = seen
        .map((result) => explained(result, brokenAt))
        .map((result) => ({ ...result, findings: result.findings.map((finding) => finish(finding, evidence)) }));
    const ofSampling = complete ? judgeSampling(measured, evidence) : (unsampled ?? []);
    const loss = reportLoss(
        evidence,
        measured,
        ofSampling.some(({ id }) => EXPLAINS_LOSS.includes(id)),
    );
    const inventory = takeInventory(evidence);
    // A fault in one of these segments explains the missing spans.
    const standing = judgedSegments.some(({ findings }) => findings.some((finding) => finding.standing === true));
    const missing = complete && !standing ? judgeLoss(loss, evidence) : [];
    const { segments, lost } = withLoss(judgedSegments, missing);
    const own = segments.flatMap(({ findings }) => findings);
    // A request whose trace is lost was still recorded.
    const sampling = missing.length > 0 ? { ...measured, foreignIds: undefined } : measured;
    const extra = complete
        ? [...judgeRequestIds(sampling.foreignIds ?? [], evidence), ...mirrored(evidence), ...lost]
        : [];
    const blind = whyBlind(evidence) !== undefined;
    const nowhere = !complete && !blind && brokenAt === undefined && unsampled === undefined;
    const located = nowhere ? [lostSomewhere(segments)] : [];
    const isNew = ({ id }: DoctorFinding): boolean => ofSampling.every((finding) => finding.id !== id);
    const further = [
        ...[...ofSampling, ...extra, ...requestIdsOff(evidence).filter(isNew), ...otherFindings(evidence)],
        ...judgeInventory(inventory, evidence),
    ].map((finding) => finish(finding, evidence));
    const findings = withoutRepeats([...own, ...located, ...further]);
    const error = findings.find(({ severity }) => severity === "error");
    const { revision, version, installer, namespace } = evidence.mesh;
    return {
        path: describePath(evidence.path),
        mesh: { revision, version, installer, namespace },
        ...{ healthy: complete && error === undefined, complete },
        brokenAt: brokenAt ?? located[0]?.segment ?? error?.segment,
        segments: located[0] === undefined ? segments : markBroken(segments, located[0]),
        ...{ findings, inventory, sampling, loss },
        trace: evidence.probes.map(({ trace }) => trace).sort((left, right) => size(right) - size(left))[0],
        skipped: skippedOf(evidence),
    };
}

/** With commands that also work for paused workloads, and the owners of what they change. */
function finish(finding: DoctorFinding, evidence: Evidence): DoctorFinding {
    return nameOwners(resumePaused(finding, evidence), evidence);
}

/** A live rate below the rate of the objects if no probe arrived. Then perhaps nothing was lost. */
function whyUnsampled(report: SamplingReport, evidence: Evidence): DoctorFinding[] | undefined {
    const finding = judgeLiveRate(report, evidence);
    const fewer = (report.livePercent ?? 100) < report.configuredPercent;
    return finding !== undefined && fewer && evidence.probes.every(({ seen }) => !seen) ? [finding] : undefined;
}

/**
 * The first segment with its own fault. Missing spans also break the segments before their loss. Such a consequence
 * locates no fault after an unknown segment, or if sampling explains it.
 */
function firstBroken(segments: SegmentResult[], sampled: boolean): SegmentName | undefined {
    const broken = segments.filter(({ state }) => state === "broken");
    const own = broken.find(({ findings }) => findings.some((finding) => !isConsequence(finding)));
    const [consequence] = broken;
    if (own !== undefined || consequence === undefined) return own?.segment;
    const before = segments.slice(0, segments.indexOf(consequence));
    return sampled || before.some(isGap) ? undefined : consequence.segment;
}

/** A finding with a known cause is more precise. */
function isConsequence({ id, standing }: DoctorFinding): boolean {
    return CONSEQUENCES.includes(id) && standing !== true;
}

/** A finding that another fault explains proves nothing about this segment. */
function explained(result: SegmentResult, brokenAt: SegmentName | undefined): SegmentResult {
    const { segment, state, values, findings } = result;
    const own = segment === brokenAt ? findings : findings.filter((finding) => !isConsequence(finding));
    if (state !== "broken" || own.length > 0) return { ...result, findings: own };
    const see = brokenAt === undefined ? "the segments before it are unknown" : `see ${brokenAt}`;
    return { ...result, state: "unknown", values: { ...values, unknown: see }, findings: own };
}

/** A segment that every probe passed works, even if it loses other spans, unless the probes passed by chance. */
function passed(result: SegmentResult): SegmentResult {
    if (!PASSED.includes(result.segment) && result.state === "broken") return result;
    if (result.findings.some(({ standing }) => standing === true)) return result;
    const findings = result.findings.map((finding) => ({ ...finding, severity: "warning" as const }));
    return { ...result, state: "ok", findings };
}

/**
 * The segment after which spans are proven to be lost is broken, even if every probe passed it. If it has its own
 * findings, they explain the loss, which is then not reported.
 */
function withLoss(
    segments: SegmentResult[],
    lost: DoctorFinding[],
): { segments: SegmentResult[]; lost: DoctorFinding[] } {
    const [proven] = lost.filter(({ severity }) => severity === "error");
    if (proven === undefined) return { segments, lost };
    const raise = (finding: DoctorFinding): DoctorFinding =>
        PASSED.includes(proven.segment) ? { ...finding, severity: "error" } : finding;
    const marked = markBroken(segments, proven).map((result) =>
        result.segment === proven.segment ? { ...result, findings: result.findings.map(raise) } : result,
    );
    const named = marked.some(
        ({ segment, findings }) => segment === proven.segment && findings.some(({ severity }) => severity === "error"),
    );
    return { segments: marked, lost: named ? [] : lost };
}

/** A fault with an error needs no additional advice, and the same change for the same object is one fault. */
function withoutRepeats(findings: DoctorFinding[]): DoctorFinding[] {
    const isRepeat = (finding: DoctorFinding, index: number): boolean =>
        findings.some((other, place) => {
            if (other.severity !== "error" || other.resource !== finding.resource) return false;
            const advice = finding.severity !== "error";
            return (advice && other.id === finding.id) || ((advice || place < index) && isSameCure(other, finding));
        });
    return findings.filter((finding, index) => !isRepeat(finding, index));
}

/** True for a change of the mesh configuration that would be made twice. */
function isSameCure({ steps, commands }: DoctorFinding, other: DoctorFinding): boolean {
    return steps.some(({ verb }) => verb === "setMesh") && commands.join("\n") === other.commands.join("\n");
}

function markBroken(segments: SegmentResult[], { segment }: DoctorFinding): SegmentResult[] {
    return segments.map((result) => (result.segment === segment ? { ...result, state: "broken" } : result));
}

function size(trace: Trace | undefined): number {
    return trace?.spans.length ?? 0;
}
