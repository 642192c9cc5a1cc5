import type { Finding } from "../../checks/finding";
import type { Fact } from "../../shared/cluster/facts";

/** What one check came to: findings, or a line that says what is fine, or why it could not look. */
export interface Outcome {
    /** What was looked at, such as `Kubernetes version`. */
    check: string;
    findings: Finding[];
    passed?: string;
    skipped?: string;
}

type Values<Facts> = { [Index in keyof Facts]: Facts[Index] extends Fact<infer Value> ? Value : never };

/** Applies a rule to facts when all of them are known. */
export function judge<Facts extends [Fact<unknown>, ...Fact<unknown>[]]>(
    check: string,
    facts: Facts,
    rule: (values: Values<Facts>) => { findings: Finding[]; passed: string },
): Outcome {
    for (const fact of facts) {
        if ("failure" in fact) return { check, findings: [], skipped: fact.failure.reason };
    }
    const { findings, passed } = rule(facts.map((fact) => (fact as { value: unknown }).value) as Values<Facts>);
    return findings.length === 0 ? { check, findings, passed } : { check, findings };
}
