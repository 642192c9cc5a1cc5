import type { Finding } from "../../checks/finding";
import type { Manifest } from "../../shared/kubernetes/manifest";
import { judge, objectFinder, type Environment } from "../../policy/rule";
import { RULES } from "../../policy/rules";
import { configOf, type PolicyConfig } from "./config";

/** A violation of a rule. */
export interface Violation extends Omit<Finding, "id" | "object"> {
    rule: string;
    /** `error` for a mandatory rule, `warning` for an advisory one. */
    severity: "error" | "warning";
    /** The stack or the file. */
    source: string;
}

/** What a rule was for an environment. */
export interface RuleRun {
    rule: string;
    violations: Violation[];
}

/**
 * Runs every rule that is not disabled over objects.
 *
 * @param sourceOf the stack or the file of an object; of undefined, of all of them together.
 */
export function judgeObjects(
    objects: Manifest[],
    environment: Environment,
    config: PolicyConfig,
    sourceOf: (object: Manifest | undefined) => string,
): RuleRun[] {
    const objectOf = objectFinder(objects);
    return RULES.flatMap((rule) => {
        const { level = rule.levels[environment], options } = configOf(config, rule);
        if (level === "disabled") return [];
        const violations = judge(rule, objects, options).map((finding) => {
            const { resource, expected, got, cure } = finding;
            return {
                ...{ rule: rule.id, severity: level === "mandatory" ? ("error" as const) : ("warning" as const) },
                ...{ resource, expected, got, cure },
                source: sourceOf(objectOf(finding)),
            };
        });
        return [{ rule: rule.id, violations }];
    });
}
