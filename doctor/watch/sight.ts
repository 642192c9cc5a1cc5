import type { Diagnosis } from "../diagnose";
import { describeVerdict, exitCodeOf, type FailOn, type Verdict } from "../report/verdict";
import type { DoctorFinding } from "../segments";

/** A finding as far as a watch shows it. */
export type SeenFinding = Pick<DoctorFinding, "id" | "severity" | "segment" | "resource" | "expected" | "got" | "cure">;

/** What one examination shows, as far as a watch compares it with others. */
export interface Sight {
    state: Verdict["state"];
    sentence: string;
    /** Errors and warnings. Information needs no action, so it is no change. */
    findings: SeenFinding[];
    /** True if the doctor could not examine the mesh. */
    failed: boolean;
    exitCode: number;
}

/** The sight of a diagnosis. */
export function sightOf(diagnosis: Diagnosis, failOn: FailOn): Sight {
    const { state, sentence } = describeVerdict(diagnosis);
    const findings = diagnosis.findings.filter(({ severity }) => severity !== "info");
    return { state, sentence, findings, failed: false, exitCode: exitCodeOf(diagnosis, failOn) };
}

/** The sight of an examination that failed, with its reason. */
export function failedSight(reason: string): Sight {
    return { state: "unproven", sentence: reason, findings: [], failed: true, exitCode: 2 };
}

/** The difference between two sights. */
export interface Change {
    /** Milliseconds since 1970. */
    timeMs: number;
    now: Sight;
    appeared: SeenFinding[];
    gone: SeenFinding[];
}

/** The difference to an earlier sight; undefined if there is none. */
export function compare(before: Sight | undefined, now: Sight, timeMs = Date.now()): Change | undefined {
    const appeared = without(now.findings, before?.findings ?? []);
    const gone = without(before?.findings ?? [], now.findings);
    const same = before?.state === now.state && before.failed === now.failed;
    return same && appeared.length === 0 && gone.length === 0 ? undefined : { timeMs, now, appeared, gone };
}

function without(findings: SeenFinding[], others: SeenFinding[]): SeenFinding[] {
    const known = new Set(others.map(keyOf));
    return findings.filter((finding) => !known.has(keyOf(finding)));
}

function keyOf({ severity, id, resource }: SeenFinding): string {
    return [severity, id, resource].join("\n");
}
