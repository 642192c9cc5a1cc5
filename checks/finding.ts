/** How much a finding matters: `error` breaks tracing, `warning` may, `info` is worth knowing. */
export type Severity = "error" | "warning" | "info";

/** What a check found wrong, with the way out. */
export interface Finding {
    /** Stable identifier of the rule, such as `collector-port-known`. */
    id: string;
    severity: Severity;
    /** The object concerned: a setting, or `Kind namespace/name`. */
    resource: string;
    expected: string;
    got: string;
    /** What to do about it. */
    cure: string;
}

/** A finding as one line for people. */
export function formatFinding(finding: Finding): string {
    return `${finding.resource}: expected ${finding.expected}, got ${finding.got}. ${finding.cure} (${finding.id})`;
}
