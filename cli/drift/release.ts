import { gunzipSync } from "node:zlib";
import { parseAllDocuments } from "yaml";
import { isPlainObject, type PlainObject } from "../../shared/values/plainObjects";
import { newestRevision, releaseRevision } from "../../checks/cluster/helmReleases";
import type { ClusterObject } from "../../shared/kubernetes/objects";
import { requireAnswer } from "../cluster/connect";
import { METADATA_LIST, type ClusterClient } from "../../shared/cluster/client";

/** Helm's record of the newest revision of a release. */
export interface StoredRelease {
    /** `deployed`, `failed`, `pending-upgrade` and others. */
    status: string;
    chartVersion: string;
    values: PlainObject;
    /** Every rendered object of the chart. */
    objects: PlainObject[];
}

/** Reads the newest revision of a release from Helm's Secret; undefined if there is none. */
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
    const secret = `${secrets}/sh.helm.release.v1.${name}.v${String(newest.revision)}`;
    const record = requireAnswer(await client.get<{ data?: { release?: string } }>(secret), `Helm's record of ${name}`);
    return record?.data?.release === undefined ? undefined : decodeRelease(record.data.release, namespace);
}

/** Decodes `data.release` of such a Secret: JSON, gzipped, in base64, in the base64 of every Secret. */
export function decodeRelease(data: string, namespace: string): StoredRelease {
    const packed = Buffer.from(Buffer.from(data, "base64").toString("utf8"), "base64");
    // Helm 2 did not use gzip, and Helm 3 still reads such data.
    const text = packed[0] === 0x1f && packed[1] === 0x8b ? gunzipSync(packed) : packed;
    const stored = JSON.parse(text.toString("utf8")) as {
        info?: { status?: string };
        chart?: { metadata?: { version?: string } };
        config?: PlainObject | null;
        manifest?: string;
    };
    return {
        status: stored.info?.status ?? "unknown",
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
