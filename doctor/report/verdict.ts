import type { Severity } from "../../checks/finding";
import type { Diagnosis } from "../diagnose";
import type { DoctorFinding, SegmentResult } from "../segments";

const ORDER: Severity[] = ["error", "warning", "info"];

/** The result for people. */
export interface Verdict {
    state: "healthy" | "faulty" | "unproven";
    /** The result in a few words. */
    title: string;
    /** The reason and the certainty. */
    sentence: string;
}

/** The lowest severity with which a run fails. */
export type FailOn = "error" | "warning";

/** Findings with which a run fails. */
export function failuresOf({ findings }: Pick<Diagnosis, "findings">, failOn: FailOn): DoctorFinding[] {
    return findings.filter(({ severity }) => severity === "error" || severity === failOn);
}

/** Exit code of a run: 1 for a failure, 2 if nothing is proven, otherwise 0. */
export function exitCodeOf(diagnosis: Pick<Diagnosis, "findings" | "healthy">, failOn: FailOn): number {
    if (failuresOf(diagnosis, failOn).length > 0) return 1;
    return diagnosis.healthy ? 0 : 2;
}

/** The result as text. An error breaks tracing; with a warning, the probes' traces are complete. */
export function describeVerdict({ healthy, findings, brokenAt, skipped, segments }: Diagnosis): Verdict {
    const gaps = skipped.length === 0 ? "" : ` (not read: ${skipped.map(({ what }) => what).join(", ")})`;
    const errors = count(findings, "error");
    const warnings = count(findings, "warning");
    if (healthy) {
        const sentence = `Healthy: every probe's trace is complete${warnings === "" ? "" : `, with ${warnings}`}${gaps}.`;
        return { state: "healthy", title: `Tracing works${warnings === "" ? "" : ", with warnings"}`, sentence };
    }
    if (errors === "") {
        const found = warnings === "" ? "no fault was found" : `there are ${warnings}`;
        const sentence = `Not proven: ${found}, but the doctor could not follow the probes to the end${gaps}.`;
        return { state: "unproven", title: "Tracing is not proven", sentence };
    }
    const where =
        brokenAt === undefined
            ? ""
            : brokenAt !== "sampling"
              ? `, first in the segment ${brokenAt}`
              : segments.every(({ state }) => state === "ok")
                ? ", although the spans pass every segment, because of the sampling"
                : ", because of the sampling";
    const title =
        brokenAt === undefined || brokenAt === "sampling" ? "Tracing works, with faults" : "Tracing does not work";
    const found = [errors, ...(warnings === "" ? [] : [warnings])].join("; ");
    return {
        state: "faulty",
        title,
        sentence: `Not healthy${where}: ${found}${gaps}.`,
    };
}

/** Such as `2 errors (a, b)`; empty for none. */
function count(findings: DoctorFinding[], severity: Severity): string {
    const some = findings.filter((finding) => finding.severity === severity);
    const names = [...new Set(some.map(({ id }) => id))].join(", ");
    return some.length === 0 ? "" : `${String(some.length)} ${severity}${some.length === 1 ? "" : "s"} (${names})`;
}

/** A segment of the path, or the sampling, as one mark of the summary. */
export type Mark = Pick<SegmentResult, "state"> & { of: DoctorFinding["segment"] };

/** The marks of the segments, and one for the sampling if that has an error. */
export function marksOf({ segments, findings }: Pick<Diagnosis, "segments" | "findings">): Mark[] {
    const marks = segments.map(({ segment, state }): Mark => ({ of: segment, state }));
    const isFaulty = findings.some(({ segment, severity }) => segment === "sampling" && severity === "error");
    return isFaulty ? [...marks, { of: "sampling", state: "broken" }] : marks;
}

/** The most severe ones first. */
export function sortFindings(findings: DoctorFinding[]): DoctorFinding[] {
    return [...findings].sort((left, right) => ORDER.indexOf(left.severity) - ORDER.indexOf(right.severity));
}
