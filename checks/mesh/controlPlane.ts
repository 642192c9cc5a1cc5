import type { ClusterObject } from "../../shared/kubernetes/objects";
import { REVISION_LABEL } from "../../shared/names/istio";
import { DEFAULT_REVISION } from "./sharedConfiguration";

/** The revision of an istiod; `default` if its label names none. */
export function revisionOf({ metadata }: ClusterObject): string {
    return metadata.labels?.[REVISION_LABEL] ?? DEFAULT_REVISION;
}

/** Name of an object of a revision's control plane, such as `istio` or `istio-canary`. */
export function nameInRevision(name: string, revision: string): string {
    return revision === "" || revision === DEFAULT_REVISION ? name : `${name}-${revision}`;
}

/** The version after a blank, such as ` 1.31.1`, from the labels of its chart or installer. Empty if they name none. */
export function versionOf({ metadata }: ClusterObject): string {
    const labels = metadata.labels ?? {};
    const version = labels["app.kubernetes.io/version"] ?? labels["operator.istio.io/version"];
    return version === undefined ? "" : ` ${version}`;
}

const RELEASE = /^v?(1\.\d+\.\d+)(?:[-.].*)?$/;

/** The release that a tag names, which may end in a variant or a build, such as `v1.29.2-1`; undefined for any other. */
export function releaseIn(tag: string): string | undefined {
    return RELEASE.exec(tag)?.[1];
}
