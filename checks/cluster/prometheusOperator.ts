import type { Finding } from "../finding";

/** Objects for the Prometheus operator that the setting `metrics.operator` asks for. */
export type OperatorObjects = "none" | "jaeger" | "mesh";

/** The kinds of these objects, with the CRD of each. */
const KINDS: Record<OperatorObjects, readonly string[]> = {
    none: [],
    jaeger: ["ServiceMonitor", "PrometheusRule"],
    mesh: ["ServiceMonitor", "PrometheusRule", "PodMonitor"],
};
const SETTING = "metrics.operator";

/** Name of the CRD of a kind of the operator. */
export function operatorCrd(kind: string): string {
    return `${kind.toLowerCase()}s.monitoring.coreos.com`;
}

/** Kinds that a stack needs, or that tell whether the operator is there if it needs none. */
export function operatorKinds(wanted: OperatorObjects): readonly string[] {
    return KINDS[wanted === "none" ? "jaeger" : wanted];
}

/**
 * Reports a cluster that lacks a kind which the stack would create. Says which setting fits if the cluster has the
 * operator, and the stack has metrics that nobody hands to it.
 *
 * @param served kinds of the operator that the cluster serves.
 * @param hasMetrics true if the stack has Services with metrics, which a Prometheus of the operator does not find.
 */
export function checkPrometheusOperator(
    wanted: OperatorObjects,
    served: readonly string[],
    hasMetrics: boolean,
): Finding[] {
    const lacking = operatorKinds(wanted).filter((kind) => !served.includes(kind));
    const there = served.length === 0 ? "none of its CRDs" : served.join(", ");
    if (wanted !== "none" && lacking.length > 0)
        return [
            {
                ...{ id: "prometheus-operator", severity: "error", resource: SETTING },
                expected: `the Prometheus operator's CRDs ${lacking.map(operatorCrd).join(", ")}, because it is ${wanted}`,
                got: there,
                cure:
                    `Install the Prometheus operator, or remove ${SETTING} from the settings, so that a Prometheus ` +
                    `finds the metrics by annotations: pulumi config rm --path ${SETTING}`,
            },
        ];
    if (wanted !== "none" || lacking.length > 0 || !hasMetrics) return [];
    return [
        {
            ...{ id: "prometheus-operator", severity: "info", resource: SETTING },
            expected: "jaeger, because this cluster has the Prometheus operator, which ignores scrape annotations",
            got: "none",
            cure:
                `To give its Prometheus the metrics and the alerts: pulumi config set --path ${SETTING} jaeger, and ` +
                "set metrics.operatorLabels to the labels by which it selects objects: kubectl get prometheuses -A " +
                "-o jsonpath='{..serviceMonitorSelector}'",
        },
    ];
}
