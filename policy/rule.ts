import { textAt } from "../shared/values/plainObjects";
import { refOf, type Manifest, type ObjectRef } from "../shared/kubernetes/manifest";
import { escapeRegExp } from "../shared/values/regExp";
import type { Finding } from "../checks/finding";

/** The environments, from the least strict to the strictest. */
export const ENVIRONMENTS = ["dev", "ci", "prod"] as const;

/** The environment of a stack. */
export type Environment = (typeof ENVIRONMENTS)[number];

/**
 * The effect of a violation: it stops an update (`mandatory`), is shown (`advisory`), or is not checked (`disabled`).
 */
export type Level = "mandatory" | "advisory" | "disabled";

/** An option of a rule as JSON schema, always with a default. */
export type OptionSchema = { description: string } & (
    | { type: "number"; minimum: number; maximum: number; default: number }
    | { type: "boolean"; default: boolean }
    | { type: "array"; items: { type: "string" }; default: string[] }
);

/** Values of a rule's options. */
export type Options = Record<string, unknown>;

/** A rule of the pack: its description and its check. The logic is in `checks/`. */
export interface Rule {
    id: string;
    severity: "low" | "medium" | "high" | "critical";
    levels: Record<Environment, Level>;
    /** One sentence: what goes wrong without the rule. */
    reason: string;
    cure: string;
    /**
     * `object` checks each object on its own before it is written; `stack` checks all objects together at the end of
     * the preview and of the update.
     */
    scope: "object" | "stack";
    /** Options in addition to {@link EXEMPT}. */
    options?: Record<string, OptionSchema>;
    judge: (objects: Manifest[], options: Options) => Finding[];
    /**
     * True if the rule checks only fields of a release, such as the chart's version, and nothing that the chart
     * renders.
     */
    ofReleases?: boolean;
}

/** The option that every rule has. */
export const EXEMPT = {
    description:
        "Objects that the rule skips, as Kind namespace/name; * matches any text. By default, the cluster's own.",
    type: "array",
    items: { type: "string" },
    default: ["* kube-system/*"],
} satisfies OptionSchema;

/** The options of a rule by name, each with its schema. */
export function optionsOf({ options }: Rule): Record<string, OptionSchema> {
    return { exempt: EXEMPT, ...options };
}

/** The findings of a rule, without those of objects that its option `exempt` skips. */
export function judge(rule: Rule, objects: Manifest[], given: Options): Finding[] {
    const defaults = Object.fromEntries(
        Object.entries(optionsOf(rule)).map(([name, option]) => [name, option.default]),
    );
    const options: Options = { ...defaults, ...given };
    const exempt = (options["exempt"] as string[]).map(pattern);
    const byDefault = given["exempt"] === undefined;
    const objectOf = objectFinder(objects);
    const findings =
        rule.scope === "stack"
            ? rule.judge(objects, options)
            : objects.flatMap((object) =>
                  rule.judge([object], options).map((finding) => ({ ...finding, object: refOf(object) })),
              );
    // Several meshes can report the same fault.
    const distinct = new Map(findings.map((finding) => [JSON.stringify({ ...finding, cure: "" }), finding]));
    return [...distinct.values()].filter((finding) => {
        const name = byDefault ? nameByRelease(finding, objectOf) : finding.resource;
        return !exempt.some((form) => form.test(name));
    });
}

/**
 * k3s keeps every HelmChart in kube-system, even if its release is in another namespace and does not belong to the
 * cluster.
 */
function nameByRelease(finding: Finding, objectOf: ReturnType<typeof objectFinder>): string {
    const { resource } = finding;
    const object = finding.object?.kind === "HelmChart" ? objectOf(finding) : undefined;
    const namespace = textAt(object, "spec", "targetNamespace");
    return namespace === undefined ? resource : resource.replace(/^HelmChart [^/]*\//, `HelmChart ${namespace}/`);
}

/** Finds the object of a finding; undefined if it is not among these objects. */
export function objectFinder(objects: Manifest[]): (finding: Finding) => Manifest | undefined {
    const key = ({ kind, namespace, name }: ObjectRef): string => JSON.stringify([kind, namespace, name]);
    // Among objects with the same name, the first counts.
    const index = (): Map<string, Manifest> =>
        new Map(objects.toReversed().map((object) => [key(refOf(object)), object]));
    let known: Map<string, Manifest> | undefined;
    return ({ object }) => object && (known ??= index()).get(key(object));
}

/** A finding can name a part of the object, after a blank. */
function pattern(text: string): RegExp {
    const escaped = text.split("*").map(escapeRegExp);
    return new RegExp(`^${escaped.join(".*")}( |$)`);
}
