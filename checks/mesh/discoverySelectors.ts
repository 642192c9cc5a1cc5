import { isPlainObject, show } from "../../shared/values/plainObjects";
import { isMet, type LabelRequirement, type LabelSelector } from "../../shared/kubernetes/labelSelectors";
import type { Finding } from "../finding";
import { NAMESPACE_NAME_LABEL } from "../../shared/names/kubernetes";

/** A namespace, as far as its labels are known. */
export interface LabelledNamespace {
    name: string;
    /** Beside the label with its name, which every namespace has. */
    labels: Record<string, string>;
    /** True when it has no further labels; otherwise others may have given it more. */
    complete: boolean;
}

/** Whether istiod looks at a namespace; unknown where that depends on labels which are not known. */
export type Discovered = "yes" | "no" | "unknown";

const VALUE_OPERATORS = ["In", "NotIn"];
const KEY_OPERATORS = ["Exists", "DoesNotExist"];

/**
 * Whether istiod looks at a namespace: any of the selectors is enough, and without selectors it looks at all of them.
 *
 * Source: https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-discovery_selectors
 */
export function isDiscovered(selectors: LabelSelector[], namespace: LabelledNamespace): Discovered {
    if (selectors.length === 0) return "yes";
    const found = selectors.map((selector) => matches(selector, namespace));
    if (found.includes("yes")) return "yes";
    return found.includes("unknown") ? "unknown" : "no";
}

/** What to know of namespaces at which istiod looks only with labels that their owners may have given them. */
export function undiscovered(resource: string, namespaces: string[]): Finding {
    return {
        id: "discovery-selectors-unknown",
        severity: "warning",
        resource,
        expected: "selectors of which the program can tell that they select every namespace of the mesh",
        got: `labels that the owners of ${namespaces.join(", ")} may have set or not`,
        cure: `See that they have them: kubectl get namespace ${namespaces.join(" ")} --show-labels. Without them spans are lost.`,
    };
}

/** A namespace of somebody else's, as the cluster has it, at which istiod will not look. */
export function checkDiscovered(selectors: unknown, namespace: Pick<LabelledNamespace, "name" | "labels">): Finding[] {
    if (!Array.isArray(selectors) || !selectors.every(isLabelSelector)) return [];
    if (isDiscovered(selectors, { ...namespace, complete: true }) === "yes") return [];
    return [
        {
            id: "namespace-discovered",
            severity: "error",
            resource: `Namespace ${namespace.name}`,
            expected: "labels that one of istio.values.meshConfig.discoverySelectors selects",
            got: `${Object.keys(namespace.labels).length === 0 ? "no labels" : show(namespace.labels)}, which none selects`,
            cure: "Label the namespace as a selector asks for, or add a selector for it: istiod does not look there.",
        },
    ];
}

/** True for a label selector as Kubernetes takes it; for another istiod gives all selectors up. */
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
