import type { ClusterObject } from "../../shared/kubernetes/objects";
import type { Finding } from "../finding";

/** One stored revision of a Helm release, read from the labels of its Secret. */
export interface ReleaseRevision {
    name: string;
    namespace: string;
    revision: number;
    /** `deployed`, `superseded`, `failed`, `pending-install` ...: https://helm.sh/docs/helm/helm_status/ */
    status: string;
    /** When Helm last wrote it, in seconds since 1970. Undefined if unknown. */
    changedAt?: number;
}

/** Reads the labels that Helm sets on the Secret of each revision. */
export function releaseRevision({ metadata }: ClusterObject): ReleaseRevision | undefined {
    const labels = metadata.labels ?? {};
    const { name, status, version, owner } = labels;
    const revision = Number(version);
    if (owner !== "helm" || name === undefined || status === undefined || !Number.isInteger(revision)) return undefined;
    const created = Date.parse(metadata.creationTimestamp ?? "") / 1000;
    // Helm's timestamp comes from the client's clock, the API server's from the cluster's clock.
    const changedAt = Math.max(...[created, Number(labels["modifiedAt"])].filter(Number.isFinite));
    const revisionOf = { name, namespace: metadata.namespace ?? "", revision, status };
    return Number.isFinite(changedAt) ? { ...revisionOf, changedAt } : revisionOf;
}

/** The newest revision of one release; undefined if there is none. */
export function newestRevision(revisions: ReleaseRevision[], name: string): ReleaseRevision | undefined {
    return revisions
        .filter((revision) => revision.name === name)
        .sort((left, right) => right.revision - left.revision)
        .at(0);
}

/**
 * Reports a Helm release under a name that the program needs, if an earlier run left it incomplete or somebody else
 * installed it. Helm cannot continue from there.
 *
 * @param revisions all revisions of all releases of one namespace.
 * @param managed true if Pulumi created resources of this program here, so that a stack's state contains the release.
 */
export function checkRelease(revisions: ReleaseRevision[], name: string, managed: boolean): Finding[] {
    const newest = newestRevision(revisions, name);
    if (newest === undefined) return [];
    if (newest.status === "deployed") return managed ? [] : [unknownOwner(newest)];
    // Helm can upgrade a failed release. A stack whose state contains the release upgrades it; another one installs it
    // again.
    const resumable = newest.status === "failed" && managed;
    return [
        {
            id: "helm-release-complete",
            severity: resumable ? "warning" : "error",
            resource: `Helm release ${newest.namespace}/${name}`,
            expected: "the status deployed, or no such release",
            got: `the status ${newest.status} at revision ${String(newest.revision)}`,
            cure: cure(newest, managed),
        },
    ];
}

/** Istio's documentation uses the same release names, so the name alone proves nothing. */
function unknownOwner({ name, namespace }: ReleaseRevision): Finding {
    return {
        id: "helm-release-owner",
        severity: "error",
        resource: `Helm release ${namespace}/${name}`,
        expected: "no such release, or one that this program installed",
        got: "a release without any sign that Pulumi installed it",
        cure:
            `If nobody needs it, remove it: helm uninstall ${name} -n ${namespace}. Otherwise import it into the stack and run ` +
            "pulumi up again: https://www.pulumi.com/docs/iac/guides/migration/import/",
    };
}

function cure(newest: ReleaseRevision, managed: boolean): string {
    const { name, status, namespace } = newest;
    const target = `${name} -n ${namespace}`;
    if (status === "failed" && managed) {
        return "Find out why it failed, then run pulumi up, which tries again: helm status " + target;
    }
    if (!managed) return `Run: helm uninstall ${target}`;
    if (status.startsWith("pending-")) {
        return "Make sure that no other helm or pulumi process uses it. Then run: npm run repair -- --stack STACK --yes, then pulumi up again";
    }
    return (
        "To finish the removal, run: pulumi destroy. To restore it, run: " +
        "npm run repair -- --stack STACK --yes, then pulumi up"
    );
}
