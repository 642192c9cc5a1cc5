import { refOf, resourceName, type Manifest, type ObjectRef } from "../shared/kubernetes/manifest";

/** How much a finding matters: `error` breaks tracing, `warning` can break it, `info` is worth knowing. */
export type Severity = "error" | "warning" | "info";

/** A fault that a check found, with its cure. */
export interface Finding {
    /** Stable identifier of the rule, such as `collector-port-known`. */
    id: string;
    severity: Severity;
    /** The object concerned, for people: a setting, or `Kind namespace/name`, optionally followed by a part of it. */
    resource: string;
    /** The Kubernetes object concerned, if the rule judges objects. */
    object?: ObjectRef;
    expected: string;
    got: string;
    /** How to fix it. */
    cure: string;
    /** Kind of a missing object that may exist among objects that the check did not get. */
    missingKind?: string;
}

/** The object or setting that a finding is about. */
export type Subject = Pick<Finding, "resource" | "object">;

/** An object as the subject of a finding. */
export function subjectOf(manifest: Manifest): Subject {
    return { resource: resourceName(manifest), object: refOf(manifest) };
}

/** A finding as one line for people. */
export function formatFinding(finding: Finding): string {
    return `${finding.resource}: expected ${finding.expected}, got ${finding.got}. ${finding.cure} (${finding.id})`;
}
