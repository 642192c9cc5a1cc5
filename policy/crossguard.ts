import { isSameObject, refOf, type Manifest } from "../shared/kubernetes/manifest";
import { UnknownValueError, type ResourceValidationPolicy, type StackValidationPolicy } from "@pulumi/policy";
import { formatFinding, type Finding } from "../checks/finding";
import { inlineValues } from "../checks/manifest/inlineValues";
import { printable } from "../checks/printable";
import { redact } from "../shared/values/redact";
import { resourceManifest } from "./resourceManifest";
import { judge, optionsOf, type Environment, type Options, type Rule } from "./rule";
import { parseYaml } from "./yaml";

/** A rule as a Pulumi policy, which gets each resource before it is written, or the whole stack at the end. */
export function policyOf(rule: Rule, environment: Environment): ResourceValidationPolicy | StackValidationPolicy {
    const told = {
        name: rule.id,
        description: rule.reason,
        enforcementLevel: rule.levels[environment],
        severity: rule.severity,
        remediationSteps: rule.cure,
        configSchema: { properties: optionsOf(rule) },
    };
    return rule.scope === "object" ? { ...told, ...judgeResource(rule) } : { ...told, ...judgeStack(rule) };
}

function judgeResource(rule: Rule): Pick<ResourceValidationPolicy, "validateResource"> {
    return {
        validateResource: (args, reportViolation) => {
            whenKnown(args, () => {
                const manifest = resourceManifest(args.type, args.props);
                const objects = inlineValues(manifest === undefined ? [] : [manifest], parseYaml);
                for (const finding of judge(rule, objects, args.getConfig<Options>()))
                    reportViolation(redact(printable(formatFinding(finding))));
            });
        },
    };
}

function judgeStack(rule: Rule): Pick<StackValidationPolicy, "validateStack"> {
    return {
        validateStack: (args, reportViolation) => {
            whenKnown(args, () => {
                const urns = new Map(
                    args.resources.flatMap(({ type, props, urn }): [Manifest, string][] => {
                        const manifest = resourceManifest(type, props);
                        return manifest === undefined ? [] : [[manifest, urn]];
                    }),
                );
                const objects = inlineValues([...urns.keys()], parseYaml);
                for (const finding of judge(rule, objects, args.getConfig<Options>()))
                    reportViolation(redact(printable(formatFinding(finding))), urnOf(urns, finding));
            });
        },
    };
}

/** The URN of the object of a finding. A finding never concerns an object whose name is still unknown. */
function urnOf(urns: Map<Manifest, string>, finding: Finding): string | undefined {
    return [...urns].find(([manifest]) => {
        try {
            return finding.object !== undefined && isSameObject(refOf(manifest), finding.object);
        } catch (error) {
            if (isUnknown(error)) return false;
            throw error;
        }
    })?.[1];
}

/** Runs a rule, or marks it as not applicable if the preview lacks values. The update then runs it again. */
function whenKnown(args: { notApplicable: (reason?: string) => never }, act: () => void): void {
    try {
        act();
    } catch (error) {
        if (!isUnknown(error)) throw error;
        args.notApplicable(`checked during the update: ${error.message}`);
    }
}

/** True for the SDK's error for values that are unknown before the update. The SDK has no types for it. */
function isUnknown(error: unknown): error is Error {
    return error instanceof (UnknownValueError as new () => Error);
}
