import assert from "node:assert/strict";
import type { Diagnosis } from "../../../../doctor";
import type { DoctorFinding } from "../../../../doctor/segments";
import { describeVerdict, sortFindings } from "../../../../doctor/report/verdict";

function finding(severity: DoctorFinding["severity"], id: string): DoctorFinding {
    const text = { resource: "", expected: "", got: "", cure: "" };
    return { id, severity, segment: "export", values: {}, steps: [], commands: [], ...text };
}

function verdictOf(given: Partial<Diagnosis>): string {
    const diagnosis = {
        healthy: false,
        findings: [],
        brokenAt: undefined,
        skipped: [],
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
            verdictOf({ findings: [finding("error", "sampling-not-live")], brokenAt: "sampling" }),
            "faulty: Tracing works, with faults. Not healthy, first in the sampling: 1 error (sampling-not-live).",
        );
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
