import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import type { Diagnosis } from "../../../../doctor";
import type { DoctorFinding, SegmentResult } from "../../../../doctor/segments";
import { formatHtml } from "../../../../doctor/report/html";
import { formatText } from "../../../../doctor/report/text";
import { describeVerdict, marksOf, sortFindings } from "../../../../doctor/report/verdict";
import { diagnosisOf } from "../patient";
import { live } from "../remediation/scenarioParts";

function finding(severity: DoctorFinding["severity"], id: string): DoctorFinding {
    const text = { resource: "", expected: "", got: "", cure: "" };
    return { id, severity, segment: "export", values: {}, steps: [], commands: [], ...text };
}

const SAMPLED: Partial<Diagnosis> = { findings: [finding("error", "sampling-not-live")], brokenAt: "sampling" };

function segment(state: SegmentResult["state"]): SegmentResult {
    return { segment: "export", state, values: {}, findings: [] };
}

function verdictOf(given: Partial<Diagnosis>): string {
    const diagnosis = {
        healthy: false,
        findings: [],
        brokenAt: undefined,
        skipped: [],
        segments: [],
        ...given,
    } as unknown as Diagnosis;
    const { state, title, sentence } = describeVerdict(diagnosis);
    return `${state}: ${title}. ${sentence}`;
}

describe("the doctor's verdict", () => {
    const info = finding("info", "sampling-decided-at-entry");

    it("is good with information alone", () => {
        const text = "healthy: Tracing works. Healthy: every probe's trace is complete.";
        assert.equal(verdictOf({ healthy: true, findings: [info] }), text);
    });

    it("names each error once and where the way breaks off, warnings apart, and leaves information out", () => {
        const findings = [info, finding("warning", "sidecar-outdated"), finding("error", "collector-endpoints-ready")];
        assert.equal(
            verdictOf({ findings: [...findings, ...findings], brokenAt: "export" }),
            "faulty: Tracing does not work. Not healthy, first in the segment export: " +
                "2 errors (collector-endpoints-ready); 2 warnings (sidecar-outdated).",
        );
    });

    it("is good with warnings, and says them", () => {
        assert.equal(
            verdictOf({ healthy: true, findings: [finding("warning", "spans-lost")] }),
            "healthy: Tracing works, with warnings. Healthy: every probe's trace is complete, with 1 warning (spans-lost).",
        );
    });

    it("does not say that tracing does not work where every probe arrived", () => {
        assert.equal(
            verdictOf({ ...SAMPLED, segments: [segment("ok"), segment("ok")] }),
            "faulty: Tracing works, with faults. Not healthy, although the spans pass every segment, because of the " +
                "sampling: 1 error (sampling-not-live).",
        );
    });

    it("does not say that spans pass every segment where one of them is unknown", () => {
        assert.match(
            verdictOf({ ...SAMPLED, segments: [segment("ok"), segment("unknown")] }),
            /Not healthy, because of the sampling: 1 error/,
        );
    });

    it("has a mark that is not green for an error of the sampling, in the text and on the page", () => {
        const diagnosis = diagnosisOf((patient) => {
            live(patient, 5);
        });
        assert.equal(diagnosis.brokenAt, "sampling");
        const plain = stripVTControlCharacters(formatText(diagnosis));
        assert.match(plain, /● query ── ✖ sampling\n/);
        assert.match(plain, /Not healthy, although the spans pass every segment, because of the sampling/);
        assert.match(formatHtml(diagnosis), /<li class="broken"><a href="#sampling">.* id="sampling"/s);
        assert.doesNotMatch(stripVTControlCharacters(formatText(diagnosisOf())), /✖|sampling\n\n/);
    });

    it("has no mark for the sampling where it has only warnings", () => {
        const warning = finding("warning", "sampling-default");
        assert.equal(marksOf({ segments: [], findings: [{ ...warning, segment: "sampling" }] }).length, 0);
    });

    it("is no verdict where nobody was allowed to look", () => {
        const skipped = [{ what: "Jaeger's query API", reason: "forbidden" }];
        assert.match(verdictOf({ findings: [info], skipped }), /^unproven: .*\(not read: Jaeger.s query API\)\.$/);
    });

    it("puts errors before warnings, and information last", () => {
        const sorted = sortFindings([info, finding("warning", "b"), finding("error", "c")]);
        assert.deepEqual(
            sorted.map(({ severity }) => severity),
            ["error", "warning", "info"],
        );
    });
});
