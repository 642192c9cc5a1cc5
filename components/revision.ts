import { INJECT_LABEL, INJECTION_LABEL, REVISION_LABEL } from "../shared/names/istio";

/** The tag that makes a revision the one for the label `istio-injection`. */
export const DEFAULT_TAG = "default";

/**
 * The tag or name by which namespaces and pods ask for a sidecar of a revision; undefined if the label `istio-injection` is
 * enough.
 */
export function injectionRevision(name: string | undefined, tags: readonly string[]): string | undefined {
    return name === undefined || tags.includes(DEFAULT_TAG) ? undefined : (tags[0] ?? name);
}

/** The label of a namespace whose pods get sidecars. */
export function injectionLabels(revision: string | undefined): Record<string, string> {
    return revision === undefined ? { [INJECTION_LABEL]: "enabled" } : { [REVISION_LABEL]: revision };
}

/** How new pods of a traced namespace are injected unless somebody says so: by the default revision. */
export const DEFAULT_INJECTION = "enabled";

/** The label by which a traced namespace asks for sidecars; none where its owner decides that. */
export function askedLabels(injection: string): Record<string, string> {
    return injection === "none" ? {} : injectionLabels(injection === DEFAULT_INJECTION ? undefined : injection);
}

/** Labels of a pod that asks for a sidecar itself. */
export function podInjectionLabels(revision: string | undefined): Record<string, string> {
    return { [INJECT_LABEL]: "true", ...(revision !== undefined && { [REVISION_LABEL]: revision }) };
}
