import type { Finding } from "../../checks/finding";
import type { Manifest } from "../../shared/kubernetes/manifest";
import { judge, objectFinder, type Environment } from "../../policy/rule";
import { RULES } from "../../policy/rules";
import { redact } from "../../shared/values/redact";
import { configOf, type PolicyConfig } from "./config";

/** A violation of a rule. */
export interface Violation extends Pick<Finding, "resource" | "expected" | "got" | "cure"> {
    rule: string;
    /** `error` for a mandatory rule, `warning` for an advisory one. */
    severity: "error" | "warning";
    /** The stack or the file. */
    source: string;
}

/** The result of a rule for an environment. */
export interface RuleRun {
    rule: string;
    violations: Violation[];
    /** Missing kinds of objects without which the rule could not run. */
    missingKinds: string[];
}

/** The objects to check. */
export interface Judged {
    objects: Manifest[];
    /** The releases among them whose rendered objects are present as well. */
    rendered: ReadonlySet<Manifest>;
    /** True if these are all objects, so that an object that is not here does not exist. */
    whole: boolean;
}

/**
 * Runs every rule that is not disabled over objects. For a release whose rendered objects are present, it runs only the
 * rules about the release itself, because other faults would be found twice.
 *
 * @param sourceOf the stack or the file of an object; for undefined, of all objects together.
 */
export function judgeObjects(
    { objects: all, rendered, whole }: Judged,
    environment: Environment,
    config: PolicyConfig,
    sourceOf: (object: Manifest | undefined) => string,
): RuleRun[] {
    const objectOf = objectFinder(all);
    const apart = all.filter((object) => !rendered.has(object));
    return RULES.flatMap((rule) => {
        const objects = rule.ofReleases === true ? all : apart;
        const { level = rule.levels[environment], options } = configOf(config, rule);
        if (level === "disabled") return [];
        const findings = judge(rule, objects, options);
        const judged = findings.filter(({ missingKind }) => whole || missingKind === undefined);
        const violations = judged.map((finding) => {
            const [resource, expected, got, cure] = [finding.resource, finding.expected, finding.got, finding.cure].map(
                redact,
            ) as [string, string, string, string];
            return {
                ...{ rule: rule.id, severity: level === "mandatory" ? ("error" as const) : ("warning" as const) },
                ...{ resource, expected, got, cure },
                source: sourceOf(objectOf(finding)),
            };
        });
        const missing = whole ? [] : findings.flatMap(({ missingKind }) => missingKind ?? []);
        return [{ rule: rule.id, violations, missingKinds: [...new Set(missing)] }];
    });
}
