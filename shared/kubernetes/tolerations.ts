/** A taint of a node. */
export interface Taint {
    key: string;
    value?: string;
    /** `NoSchedule`, `PreferNoSchedule` or `NoExecute`. */
    effect: string;
}

/** What lets a pod on nodes with a taint. */
export interface Toleration {
    /** @default every taint, which only `Exists` can mean */
    key?: string;
    /** @default Equal */
    operator?: "Equal" | "Exists";
    /** With `Equal`: the taint's value. @default empty */
    value?: string;
    /** @default every effect */
    effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
    /** With `NoExecute`: seconds that the pod stays on a node that gets the taint. @default for ever */
    tolerationSeconds?: number;
}

/** Taints with these effects keep a pod from a node that does not tolerate them. */
const REPELLING = ["NoSchedule", "NoExecute"];

/** The taints that keep a pod with these tolerations from a node. */
export function repellingTaints(taints: Taint[], tolerations: Toleration[]): Taint[] {
    return taints.filter(
        (taint) => REPELLING.includes(taint.effect) && !tolerations.some((toleration) => tolerates(toleration, taint)),
    );
}

/** `KEY=VALUE:EFFECT`, as kubectl writes a taint. */
export function formatTaint({ key, value, effect }: Taint): string {
    return `${key}${value === undefined || value === "" ? "" : `=${value}`}:${effect}`;
}

/** Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
function tolerates({ key, operator = "Equal", value = "", effect }: Toleration, taint: Taint): boolean {
    if (effect !== undefined && effect !== taint.effect) return false;
    if (key !== undefined && key !== "" && key !== taint.key) return false;
    return operator === "Exists" || value === (taint.value ?? "");
}
