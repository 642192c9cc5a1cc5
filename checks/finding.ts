import { refOf, resourceName, type Manifest, type ObjectRef } from "../shared/kubernetes/manifest";

/** How much a finding matters: `error` breaks tracing, `warning` may, `info` is worth knowing. */
export type Severity = "error" | "warning" | "info";

/** What a check found wrong, with the way out. */
export interface Finding {
    /** Stable identifier of the rule, such as `collector-port-known`. */
    id: string;
    severity: Severity;
    /** The object concerned, for people: a setting, or `Kind namespace/name`, which a part of it may follow. */
    resource: string;
    /** The Kubernetes object concerned, if the rule judges objects. */
    object?: ObjectRef;
    expected: string;
    got: string;
    /** What to do about it. */
    cure: string;
    /** Kind of an object that is missing, where it may stand among objects that were not given. */
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
