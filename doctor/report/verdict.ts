import type { Severity } from "../../checks/finding";
import type { Diagnosis } from "../diagnose";
import type { DoctorFinding } from "../segments";

const ORDER: Severity[] = ["error", "warning", "info"];

/** The result for people. */
export interface Verdict {
    state: "healthy" | "faulty" | "unproven";
    /** Whether it works, in a few words. */
    title: string;
    /** Why, and how sure that is. */
    sentence: string;
}

/** The result in words: an error breaks tracing, a warning leaves the probes' traces complete. */
export function describeVerdict({ healthy, findings, brokenAt, skipped }: Diagnosis): Verdict {
    const gaps = skipped.length === 0 ? "" : ` (not read: ${skipped.map(({ what }) => what).join(", ")})`;
    if (healthy) {
        const sentence = `Healthy: every probe's trace is complete${gaps}.`;
        return { state: "healthy", title: "Tracing works", sentence };
    }
    const faults = sortFindings(findings).filter(({ severity }) => severity !== "info");
    if (faults.length === 0) {
        const sentence = `Not proven: no fault was found, and the probes could not be followed to their end${gaps}.`;
        return { state: "unproven", title: "Tracing is not proven", sentence };
    }
    const where = brokenAt === undefined ? "" : `, first in the segment ${brokenAt}`;
    const names = [...new Set(faults.map(({ id }) => id))].join(", ");
    const found = `${String(faults.length)} fault${faults.length === 1 ? "" : "s"}${where}: ${names}${gaps}.`;
    const title = brokenAt === undefined ? "Tracing works, with faults" : "Tracing does not work";
    return { state: "faulty", title, sentence: `Not healthy: ${found}` };
}

/** Those that matter most first. */
export function sortFindings(findings: DoctorFinding[]): DoctorFinding[] {
    return [...findings].sort((left, right) => ORDER.indexOf(left.severity) - ORDER.indexOf(right.severity));
}
