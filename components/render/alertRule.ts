/** An alert: when it fires, and what to do next. */
export interface AlertRule {
    alert: string;
    /** PromQL. */
    expr: string;
    /** How long it must hold, as Prometheus writes it. */
    for: string;
    labels: { severity: "critical" | "warning" };
    annotations: { summary: string; description: string; doctor_finding: string; doctor_command: string };
}

/** Description of an alert. */
export interface AlertWords extends Pick<AlertRule, "alert" | "expr" | "for"> {
    severity: "critical" | "warning";
    summary: string;
    description: string;
    /** The doctor's findings that go with it. */
    finding: string;
}

/** The command that names the fault behind every alert. */
const DOCTOR = "npm run doctor -- --context NAME";

/** An alert as Prometheus reads it. */
export function alertRule({ severity, summary, description, finding, ...rule }: AlertWords): AlertRule {
    return {
        ...{ alert: rule.alert, expr: rule.expr, for: rule.for },
        labels: { severity },
        annotations: { summary, description, doctor_finding: finding, doctor_command: DOCTOR },
    };
}
