/** A label selector of the Kubernetes API. */
export interface LabelSelector {
    matchLabels?: Record<string, string>;
    matchExpressions?: LabelRequirement[];
}

/** What a selector asks of one label. */
export interface LabelRequirement {
    key: string;
    operator: string;
    values?: string[];
}

/** Labels or what a selector wants of them; of an object of any shape nothing is taken for granted. */
type Labels = Record<string, unknown>;

/** True when an object has every wanted label; that holds when none is wanted. */
export function hasLabels(labels: Labels, wanted: Labels): boolean {
    return Object.entries(wanted).every(([label, value]) => labels[label] === value);
}

/** True when every label of a selector stands on an object; a selector without labels selects nothing. */
export function selects(selector: Labels, labels: Labels): boolean {
    return Object.keys(selector).length > 0 && hasLabels(labels, selector);
}

/**
 * True when a label selector matches, as Kubernetes matches labels; an empty selector matches everything.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export function matchesSelector({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean {
    const expressed = (matchExpressions ?? []).every((requirement) => isMet(requirement, labels[requirement.key]));
    return expressed && hasLabels(labels, matchLabels ?? {});
}

/** True when a label's value, undefined where an object lacks the label, is one that a requirement asks for. */
export function isMet({ operator, values = [] }: LabelRequirement, value: unknown): boolean {
    if (operator === "Exists") return value !== undefined;
    if (operator === "DoesNotExist") return value === undefined;
    const among = typeof value === "string" && values.includes(value);
    return operator === "In" ? among : !among;
}

/** True for a selector that asks for nothing. */
export function isEmptySelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
    return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
}
