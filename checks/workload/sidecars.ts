import { isEmptySelector, matchesSelector, type LabelSelector } from "../../shared/kubernetes/labelSelectors";
import type { Manifest } from "../../shared/kubernetes/manifest";
import type { ClusterObject, PodObject } from "../../shared/kubernetes/objects";
import { INJECT_LABEL, SIDECAR_CONTAINER } from "../../shared/names/istio";
import { isInjected } from "./injection";

/**
 * Namespaces in which Istio never injects sidecars:
 * https://github.com/istio/istio/blob/release-1.31/pkg/kube/inject/inject.go (IgnoredNamespaces)
 */
const IGNORED = ["kube-system", "kube-public", "kube-node-lease", "local-path-storage"];

/** The part of an injector's configuration that decides for pods without a label of their own. */
export interface InjectorConfig {
    /** `disabled` requires a label on each pod. */
    policy?: string;
    neverInjectSelector?: LabelSelector[];
}

/** True for a pod with a sidecar, of either kind. */
export function hasSidecar({ spec }: PodObject): boolean {
    return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].some(
        ({ name }) => name === SIDECAR_CONTAINER,
    );
}

/**
 * Running pods without the sidecar that Istio would inject today: they are older than the label, or no injector
 * answered.
 */
export function podsWithoutSidecar<Pod extends PodObject>(
    namespace: ClusterObject,
    pods: Pod[],
    injector: InjectorConfig = {},
): Pod[] {
    if (IGNORED.includes(namespace.metadata.name)) return [];
    return pods.filter(({ metadata, spec, status }) => {
        const staying = status?.phase === "Running" && metadata.deletionTimestamp === undefined;
        if (!staying || hasSidecar({ metadata, spec })) return false;
        const template = { metadata: { ...metadata } as Manifest, spec: { ...spec } as Manifest };
        if (isInjected(template, { ...namespace }) !== true) return false;
        return injectorRefusal(metadata.labels ?? {}, injector) === undefined;
    });
}

/** The field of an injector's configuration that keeps it from a pod with these labels, although its namespace asks for it. */
export function injectorRefusal(
    labels: Record<string, string>,
    { policy, neverInjectSelector = [] }: InjectorConfig,
): keyof InjectorConfig | undefined {
    if (labels[INJECT_LABEL] === "true") return undefined;
    if (policy === "disabled") return "policy";
    // An injector ignores an empty selector.
    const isMeant = (selector: LabelSelector): boolean =>
        !isEmptySelector(selector) && matchesSelector(selector, labels);
    return neverInjectSelector.some(isMeant) ? "neverInjectSelector" : undefined;
}
