import { textAt } from "../shared/values/plainObjects";
import { refOf, type Manifest, type ObjectRef } from "../shared/kubernetes/manifest";
import { escapeRegExp } from "../shared/values/regExp";
import type { Finding } from "../checks/finding";

/** Kinds of stacks, from the freest to the strictest. */
export const ENVIRONMENTS = ["dev", "ci", "prod"] as const;

/** What a stack is for. */
export type Environment = (typeof ENVIRONMENTS)[number];

/** What a violation does: it stops an update, is shown, or is not looked for. */
export type Level = "mandatory" | "advisory" | "disabled";

/** An option of a rule, as JSON schema; always with a default. */
export type OptionSchema = { description: string } & (
    | { type: "number"; minimum: number; maximum: number; default: number }
    | { type: "boolean"; default: boolean }
    | { type: "array"; items: { type: "string" }; default: string[] }
);

/** Values of a rule's options. */
export type Options = Record<string, unknown>;

/** A rule of the pack: what is told of it, and how it judges. Its logic stands in `checks/`. */
export interface Rule {
    id: string;
    severity: "low" | "medium" | "high" | "critical";
    levels: Record<Environment, Level>;
    /** One sentence: what goes wrong otherwise. */
    reason: string;
    cure: string;
    /**
     * `object`: each object is judged by itself, before it is written; `stack`: all together, at the end of the preview
     * and of the update.
     */
    scope: "object" | "stack";
    /** Options beside {@link EXEMPT}. */
    options?: Record<string, OptionSchema>;
    judge: (objects: Manifest[], options: Options) => Finding[];
    /** True when it is about what only a release says, such as the chart's version, and nothing that the chart renders. */
    ofReleases?: boolean;
}

/** The option of every rule. */
export const EXEMPT = {
    description:
        "Objects that the rule skips, as Kind namespace/name; * matches any text. By default, the cluster's own.",
    type: "array",
    items: { type: "string" },
    default: ["* kube-system/*"],
} satisfies OptionSchema;

/** Every option of a rule by name, with its schema. */
export function optionsOf({ options }: Rule): Record<string, OptionSchema> {
    return { exempt: EXEMPT, ...options };
}

/** What a rule has against objects, without what its option `exempt` lets pass. */
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
    // Several meshes may lead to one fault.
    const distinct = new Map(findings.map((finding) => [JSON.stringify({ ...finding, cure: "" }), finding]));
    return [...distinct.values()].filter((finding) => {
        const name = byDefault ? nameByRelease(finding, objectOf) : finding.resource;
        return !exempt.some((form) => form.test(name));
    });
}

/** k3s keeps every HelmChart in kube-system, also that of a release which stands elsewhere and is not the cluster's own. */
function nameByRelease(finding: Finding, objectOf: ReturnType<typeof objectFinder>): string {
    const { resource } = finding;
    const object = finding.object?.kind === "HelmChart" ? objectOf(finding) : undefined;
    const namespace = textAt(object, "spec", "targetNamespace");
    return namespace === undefined ? resource : resource.replace(/^HelmChart [^/]*\//, `HelmChart ${namespace}/`);
}

/** Finds the object that a finding is about; undefined if it is about none of these. */
export function objectFinder(objects: Manifest[]): (finding: Finding) => Manifest | undefined {
    const key = ({ kind, namespace, name }: ObjectRef): string => JSON.stringify([kind, namespace, name]);
    // Of objects with one name the first counts.
    const index = (): Map<string, Manifest> =>
        new Map(objects.toReversed().map((object) => [key(refOf(object)), object]));
    let known: Map<string, Manifest> | undefined;
    return ({ object }) => object && (known ??= index()).get(key(object));
}

/** A finding may name a part of the object, after a blank. */
function pattern(text: string): RegExp {
    const escaped = text.split("*").map(escapeRegExp);
    return new RegExp(`^${escaped.join(".*")}( |$)`);
}
