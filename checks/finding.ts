import { refOf, resourceName, type Manifest, type ObjectRef } from "./manifest";

/** How much a finding matters: `error` breaks tracing, `warning` may, `info` is worth knowing. */
export type Severity = "error" | "warning" | "info";

/** What a check found wrong, with the way out. */
export interface Finding {
    /** Stable identifier of the rule, such as `collector-port-known`. */
    id: string;
    severity: Severity;
    /** The object concerned, for people: a setting, or `Kind namespace/name`, maybe with a part of it. */
    resource: string;
    /** The Kubernetes object concerned, where the rule has one before it. */
    object?: ObjectRef;
    expected: string;
    got: string;
    /** What to do about it. */
    cure: string;
}

/** What a finding is about. */
export type Subject = Pick<Finding, "resource" | "object">;

/** An object as what a finding is about. */
export function subjectOf(manifest: Manifest): Subject {
    return { resource: resourceName(manifest), object: refOf(manifest) };
}

/** A finding as one line for people. */
export function formatFinding(finding: Finding): string {
    return `${finding.resource}: expected ${finding.expected}, got ${finding.got}. ${finding.cure} (${finding.id})`;
}
