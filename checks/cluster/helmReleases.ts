import type { ClusterObject } from "../../shared/kubernetes/objects";
import type { Finding } from "../finding";

/** One stored revision of a Helm release, read from the labels of its Secret. */
export interface ReleaseRevision {
    name: string;
    namespace: string;
    revision: number;
    /** `deployed`, `superseded`, `failed`, `pending-install` ...: https://helm.sh/docs/helm/helm_status/ */
    status: string;
    /** When Helm last wrote it, in seconds since 1970, if that is known. */
    changedAt?: number;
}

/** Reads the labels that Helm puts on the Secret of every revision. */
export function releaseRevision({ metadata }: ClusterObject): ReleaseRevision | undefined {
    const labels = metadata.labels ?? {};
    const { name, status, version, owner } = labels;
    const revision = Number(version);
    if (owner !== "helm" || name === undefined || status === undefined || !Number.isInteger(revision)) return undefined;
    const created = Date.parse(metadata.creationTimestamp ?? "") / 1000;
    // Helm's clock is that of whoever ran it; the API server's is that of the cluster.
    const changedAt = Math.max(...[created, Number(labels["modifiedAt"])].filter(Number.isFinite));
    const revisionOf = { name, namespace: metadata.namespace ?? "", revision, status };
    return Number.isFinite(changedAt) ? { ...revisionOf, changedAt } : revisionOf;
}

/** The newest revision of one release; undefined when there is none. */
export function newestRevision(revisions: ReleaseRevision[], name: string): ReleaseRevision | undefined {
    return revisions
        .filter((revision) => revision.name === name)
        .sort((left, right) => right.revision - left.revision)
        .at(0);
}

/**
 * A Helm release of a name that the program needs, left half way by an earlier run or installed by somebody else: Helm
 * refuses to go on from there.
 *
 * @param revisions all revisions of all releases of one namespace.
 * @param managed true when Pulumi made something of this program here, so that a stack's state knows the release.
 */
export function checkRelease(revisions: ReleaseRevision[], name: string, managed: boolean): Finding[] {
    const newest = newestRevision(revisions, name);
    if (newest === undefined) return [];
    if (newest.status === "deployed") return managed ? [] : [unknownOwner(newest)];
    // Helm upgrades a failed release, and a stack that knows it upgrades; a stack that does not would install anew.
    const resumable = newest.status === "failed" && managed;
    return [
        {
            id: "helm-release-complete",
            severity: resumable ? "warning" : "error",
            resource: `Helm release ${newest.namespace}/${name}`,
            expected: "status deployed, or no such release",
            got: `status ${newest.status} at revision ${String(newest.revision)}`,
            cure: cure(newest, managed),
        },
    ];
}

/** Istio's own documentation calls its releases the same, so that the name alone says nothing. */
function unknownOwner({ name, namespace }: ReleaseRevision): Finding {
    return {
        id: "helm-release-owner",
        severity: "error",
        resource: `Helm release ${namespace}/${name}`,
        expected: "no such release, or one that this program installed",
        got: "a release, and nothing here shows that Pulumi installed it",
        cure:
            `Remove it when nobody needs it: helm uninstall ${name} -n ${namespace}. Or take it over with pulumi import ` +
            "(once that is done, go on): https://www.pulumi.com/docs/iac/guides/migration/import/",
    };
}

function cure(newest: ReleaseRevision, managed: boolean): string {
    const { name, status, namespace } = newest;
    const target = `${name} -n ${namespace}`;
    if (status === "failed" && managed) {
        return "pulumi up tries again from here; look first why it failed: helm status " + target;
    }
    if (!managed) return `Run: helm uninstall ${target}`;
    if (status.startsWith("pending-")) {
        return "When no other helm or pulumi is at work on it, run: npm run repair -- --stack STACK --yes, then pulumi up again";
    }
    return (
        "To go on removing it, run: pulumi destroy. To have it back, run: " +
        "npm run repair -- --stack STACK --yes, then pulumi up"
    );
}
