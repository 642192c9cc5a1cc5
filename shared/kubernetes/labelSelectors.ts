/** A label selector of the Kubernetes API. */
export interface LabelSelector {
    matchLabels?: Record<string, string>;
    matchExpressions?: LabelRequirement[];
}

/** The requirement of a selector for one label. */
export interface LabelRequirement {
    key: string;
    operator: string;
    values?: string[];
}

/** Labels, or a selector's labels. The values of an untyped object can have any type. */
type Labels = Record<string, unknown>;

/** True if an object has every wanted label, or if no label is wanted. */
export function hasLabels(labels: Labels, wanted: Labels): boolean {
    return Object.entries(wanted).every(([label, value]) => labels[label] === value);
}

/** Each label as `key=value`, as kubectl writes them. */
export function labelPairs(labels: Labels): string[] {
    return Object.entries(labels).map(([label, value]) => `${label}=${String(value)}`);
}

/** True if an object has every label of a selector. A selector without labels selects nothing. */
export function selects(selector: Labels, labels: Labels): boolean {
    return Object.keys(selector).length > 0 && hasLabels(labels, selector);
}

/**
 * True if a label selector matches, as in Kubernetes. An empty selector matches everything.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function matchesSelector({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean {
    const expressed = (matchExpressions ?? []).every((requirement) => isMet(requirement, labels[requirement.key]));
    return expressed && hasLabels(labels, matchLabels ?? {});
}

/** True if a label's value meets a requirement; undefined stands for a missing label. */
export function isMet({ operator, values = [] }: LabelRequirement, value: unknown): boolean {
    if (operator === "Exists") return value !== undefined;
    if (operator === "DoesNotExist") return value === undefined;
    const among = typeof value === "string" && values.includes(value);
    return operator === "In" ? among : !among;
}

/** True for a selector without requirements. */
export function isEmptySelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
    return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
}
