import { gunzipSync } from "node:zlib";
import { parseAllDocuments } from "yaml";
import { newestRevision, releaseRevision } from "../../checks/cluster/helmReleases";
import { METADATA_LIST, type ClusterClient } from "../../shared/cluster/client";
import type { ClusterObject, ReleaseName } from "../../shared/kubernetes/objects";
import { firstLine, UserError } from "../../shared/terminal/errors";
import { isPlainObject, type PlainObject } from "../../shared/values/plainObjects";
import { requireAnswer } from "./connect";

/** Helm's record of the newest revision of a release. */
export interface StoredRelease extends ReleaseName {
    /** Counts the installation and every upgrade of the release, from 1. */
    revision: number;
    /** `deployed`, `failed`, `pending-upgrade` and others. */
    status: string;
    chartName: string;
    chartVersion: string;
    /** The user's values, without the chart's defaults. */
    values: PlainObject;
    /** Every rendered object of the chart. */
    objects: PlainObject[];
}

/**
 * Reads the newest revision of a release from Helm's Secret; undefined if there is none.
 *
 * @throws UserError with exit code 2 if there is no answer, or if the record cannot be read.
 */
export async function readRelease(
    client: ClusterClient,
    namespace: string,
    name: string,
): Promise<StoredRelease | undefined> {
    const secrets = `/api/v1/namespaces/${namespace}/secrets`;
    const path = `${secrets}?labelSelector=${encodeURIComponent(`owner=helm,name=${name}`)}`;
    const listed = requireAnswer(await client.get<{ items: ClusterObject[] }>(path, METADATA_LIST), "Helm's records");
    const revisions = (listed?.items ?? []).map(releaseRevision).filter((found) => found !== undefined);
    const newest = newestRevision(revisions, name);
    if (newest === undefined) return undefined;
    const secret = `sh.helm.release.v1.${name}.v${String(newest.revision)}`;
    const record = requireAnswer(
        await client.get<{ data?: { release?: string } }>(`${secrets}/${secret}`),
        `Helm's record of ${name}`,
    );
    // Deleted since it was listed.
    if (record === undefined) return undefined;
    try {
        return decodeRelease(record.data?.release ?? "", namespace);
    } catch (error) {
        throw new UserError(
            `Secret ${namespace}/${secret}: expected Helm's record of a release, got data that cannot be read ` +
                `(${firstLine(error as Error)}). Next: helm status ${name} -n ${namespace} must work first; a backup of ` +
                "the Secret, or helm rollback to an older revision, repairs it.",
            2,
        );
    }
}

/**
 * Decodes `data.release` of such a Secret: JSON, gzipped, in base64, in the base64 of every Secret.
 *
 * @throws an Error if it is something else.
 */
export function decodeRelease(data: string, namespace: string): StoredRelease {
    const packed = Buffer.from(Buffer.from(data, "base64").toString("utf8"), "base64");
    // Helm 2 did not use gzip, and Helm 3 still reads such data.
    const text = packed[0] === 0x1f && packed[1] === 0x8b ? gunzipSync(packed) : packed;
    if (text.length === 0) throw new Error("it is empty");
    const stored = JSON.parse(text.toString("utf8")) as {
        name?: string;
        version?: number;
        info?: { status?: string };
        chart?: { metadata?: { name?: string; version?: string } };
        config?: PlainObject | null;
        manifest?: string;
    };
    return {
        name: stored.name ?? "unknown",
        namespace,
        revision: stored.version ?? 0,
        status: stored.info?.status ?? "unknown",
        chartName: stored.chart?.metadata?.name ?? "unknown",
        chartVersion: stored.chart?.metadata?.version ?? "unknown",
        values: stored.config ?? {},
        objects: parseAllDocuments(stored.manifest ?? "")
            .map((document) => ("toJS" in document ? (document.toJS() as unknown) : undefined))
            .filter((object) => isPlainObject(object))
            .map((object) => withNamespace(object, namespace)),
    };
}

/**
 * Helm puts objects without a namespace into the release's namespace. The lookup distinguishes cluster-scoped objects.
 */
function withNamespace(object: PlainObject, namespace: string): PlainObject {
    const metadata = object["metadata"] as PlainObject | undefined;
    return metadata?.["namespace"] === undefined ? { ...object, metadata: { ...metadata, namespace } } : object;
}
