import { isPlainObject, show } from "../../shared/values/plainObjects";
import { isMet, type LabelRequirement, type LabelSelector } from "../../shared/kubernetes/labelSelectors";
import type { Finding } from "../finding";
import { NAMESPACE_NAME_LABEL } from "../../shared/names/kubernetes";

/** A namespace and its known labels. */
export interface LabelledNamespace {
    name: string;
    /** Labels other than the name label, which every namespace has. */
    labels: Record<string, string>;
    /** True if it has no other labels. Otherwise its owner may have set more. */
    complete: boolean;
}

/** Whether istiod watches a namespace; unknown if that depends on unknown labels. */
export type Discovered = "yes" | "no" | "unknown";

const VALUE_OPERATORS = ["In", "NotIn"];
const KEY_OPERATORS = ["Exists", "DoesNotExist"];

/**
 * Whether istiod watches a namespace. One matching selector is enough; without selectors, istiod watches all
 * namespaces.
 *
 * Source: https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-discovery_selectors
 */
export function isDiscovered(selectors: LabelSelector[], namespace: LabelledNamespace): Discovered {
    if (selectors.length === 0) return "yes";
    const found = selectors.map((selector) => matches(selector, namespace));
    if (found.includes("yes")) return "yes";
    return found.includes("unknown") ? "unknown" : "no";
}

/** The namespaces of which that is so. None with selectors that istiod cannot read, which it ignores. */
export function namespacesThatAre(
    wanted: Discovered,
    selectors: unknown,
    namespaces: LabelledNamespace[],
): LabelledNamespace[] {
    if (!Array.isArray(selectors) || !selectors.every(isLabelSelector)) return [];
    return namespaces.filter((namespace) => isDiscovered(selectors, namespace) === wanted);
}

/** Reports namespaces that istiod watches only if their owners have set certain labels. */
export function undiscovered(resource: string, namespaces: string[]): Finding {
    return {
        id: "discovery-selectors-unknown",
        severity: "warning",
        resource,
        expected: "selectors that certainly select every namespace of the mesh",
        got: `selectors for labels that the owners of ${namespaces.join(", ")} may not have set`,
        cure: `Check the labels: kubectl get namespace ${namespaces.join(" ")} --show-labels. Without them, spans are lost.`,
    };
}

/** Reports a namespace of another owner, as the cluster contains it, that istiod does not watch. */
export function checkDiscovered(selectors: unknown, namespace: Pick<LabelledNamespace, "name" | "labels">): Finding[] {
    if (!Array.isArray(selectors) || !selectors.every(isLabelSelector)) return [];
    if (isDiscovered(selectors, { ...namespace, complete: true }) === "yes") return [];
    return [
        {
            id: "namespace-discovered",
            severity: "error",
            resource: `Namespace ${namespace.name}`,
            expected: "labels that match one of istio.values.meshConfig.discoverySelectors",
            got: `${Object.keys(namespace.labels).length === 0 ? "no labels" : show(namespace.labels)}, which no selector matches`,
            cure: "Label the namespace to match a selector, or add a selector for it. Otherwise istiod does not watch the namespace.",
        },
    ];
}

/** True for a label selector that Kubernetes accepts. An invalid one makes istiod ignore all selectors. */
export function isLabelSelector(value: unknown): value is LabelSelector {
    if (!isPlainObject(value)) return false;
    const { matchLabels = {}, matchExpressions = [], ...others } = value;
    return (
        Object.keys(others).length === 0 &&
        isPlainObject(matchLabels) &&
        Object.values(matchLabels).every((label) => typeof label === "string") &&
        Array.isArray(matchExpressions) &&
        matchExpressions.every(isRequirement)
    );
}

function isRequirement(value: unknown): boolean {
    if (!isPlainObject(value)) return false;
    const { key, operator, values = [], ...others } = value;
    if (typeof key !== "string" || key === "" || Object.keys(others).length > 0 || !Array.isArray(values)) return false;
    const isText = values.every((one) => typeof one === "string");
    if (VALUE_OPERATORS.some((known) => known === operator)) return isText && values.length > 0;
    return KEY_OPERATORS.some((known) => known === operator) && values.length === 0;
}

function matches({ matchLabels = {}, matchExpressions = [] }: LabelSelector, namespace: LabelledNamespace): Discovered {
    const labels = Object.entries(matchLabels).map(([key, value]) => ({ key, operator: "In", values: [value] }));
    const found = [...labels, ...matchExpressions].map((requirement) => fulfils(requirement, namespace));
    if (found.includes("no")) return "no";
    return found.includes("unknown") ? "unknown" : "yes";
}

function fulfils(requirement: LabelRequirement, { name, labels, complete }: LabelledNamespace): Discovered {
    const known: Record<string, string> = { ...labels, [NAMESPACE_NAME_LABEL]: name };
    const value = Object.hasOwn(known, requirement.key) ? known[requirement.key] : undefined;
    if (value === undefined && !complete) return "unknown";
    return isMet(requirement, value) ? "yes" : "no";
}
