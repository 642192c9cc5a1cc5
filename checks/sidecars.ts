import type { ClusterObject, PodObject } from "../shared/kubernetes/objects";
import { INJECT, isInjected } from "./injection";
import type { Manifest } from "../shared/kubernetes/manifest";

/** The sidecar's container; as a native sidecar it is an init container. */
export const SIDECAR = "istio-proxy";
/** Where Istio never injects: https://github.com/istio/istio/blob/release-1.31/pkg/kube/inject/inject.go (IgnoredNamespaces) */
const IGNORED = ["kube-system", "kube-public", "kube-node-lease", "local-path-storage"];

/** What an injector was told, as far as it decides for pods that say nothing themselves. */
export interface InjectorConfig {
    /** `disabled` leaves it to each pod's own label. */
    policy?: string;
    neverInjectSelector?: LabelSelector[];
}

interface LabelSelector {
    matchLabels?: Record<string, string>;
    matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** True for a pod with a sidecar, of either kind. */
export function hasSidecar({ spec }: PodObject): boolean {
    return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].some(({ name }) => name === SIDECAR);
}

/** Running pods without the sidecar that Istio would give them today: they are older than the label, or no injector answered. */
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
        return metadata.labels?.[INJECT] === "true" || isInjectedByDefault(metadata.labels ?? {}, injector);
    });
}

function isInjectedByDefault(
    labels: Record<string, string>,
    { policy, neverInjectSelector = [] }: InjectorConfig,
): boolean {
    return policy !== "disabled" && !neverInjectSelector.some((selector) => matches(selector, labels));
}

/** As Kubernetes matches labels; an injector ignores a selector that is empty. */
function matches({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Record<string, string>): boolean {
    const wanted = Object.entries(matchLabels).map(([label, value]) => labels[label] === value);
    const told = matchExpressions.map(({ key, operator, values = [] }) => {
        const included = values.includes(labels[key] ?? "");
        const tests: Record<string, boolean> = { Exists: key in labels, DoesNotExist: !(key in labels), In: included };
        return tests[operator] ?? !included;
    });
    const all = [...wanted, ...told];
    return all.length > 0 && all.every(Boolean);
}
