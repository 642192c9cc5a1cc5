import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { isPlainObject } from "../shared/values/plainObjects";
import { findShapeProblem } from "./settings/decode";
import type { Field } from "./settings/field";
import { nearest } from "../shared/values/nearest";
import { formatBlocks, showSetting, type SettingsProblem } from "./settings/problems";
import { findSchemaProblems, wordsFor } from "./settings/schemaProblems";

/** The resolved value, or why it cannot be used. */
export type Reading<T> = { value: T } | { problems: SettingsProblem[] };

/** How a component reads one of its arguments. `T` is the type of the resolved value. */
export interface Rule<T> {
    /** Format, range and unit, for people. */
    expected: string;
    /** The next step for another value. */
    next: string;
    /** The value of an omitted argument. Without it, the argument is required. */
    preset?: { value: T };
    /** True for an argument that can be an output of other resources. */
    takesOutputs?: boolean;
    read: (key: string, given: unknown) => Reading<T>;
}

/** A rule for every argument of a component. */
export type RulesFor<Args> = { [Key in keyof Args]-?: Rule<Args[Key]> };

/** The arguments of a component, complete and valid. */
export type Resolved<Rules> = { [Key in keyof Rules]: Rules[Key] extends Rule<infer T> ? T : never };

/** Every argument of a component that cannot be used. Pulumi prints only the message, without a stack trace. */
export class ArgumentsError extends pulumi.RunError {
    public readonly problems: SettingsProblem[];

    constructor(component: string, name: string, problems: SettingsProblem[]) {
        const count = problems.length === 1 ? "1 argument" : `${String(problems.length)} arguments`;
        super(
            `${component} ${showSetting(name)}: ${count} cannot be used; none of its resources is registered.\n` +
                formatBlocks(problems),
        );
        this.name = "ArgumentsError";
        this.problems = problems;
    }
}

/**
 * Completes and checks the arguments of a component. Call it before `super()`.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolveArgs<Rules extends Record<string, Rule<unknown>>>(
    component: string,
    name: string,
    args: object,
    rules: Rules,
): Resolved<Rules>;
/**
 * The same for arguments that depend on each other.
 *
 * @param complete returns the resolved arguments, and the contradictions between arguments that are each valid by
 * themselves.
 */
export function resolveArgs<Rules extends Record<string, Rule<unknown>>, Spec>(
    component: string,
    name: string,
    args: object,
    rules: Rules,
    complete: (resolved: Resolved<Rules>) => { spec: Spec; problems: SettingsProblem[] },
): Spec;
export function resolveArgs(
    component: string,
    name: string,
    args: object,
    rules: Record<string, Rule<unknown>>,
    complete: (resolved: Record<string, unknown>) => { spec: unknown; problems: SettingsProblem[] } = (spec) => ({
        spec,
        problems: [],
    }),
): unknown {
    // Programs without types can omit the arguments altogether.
    const reading = readAll("", isPlainObject(args) ? args : {}, rules);
    if ("problems" in reading) throw new ArgumentsError(component, name, reading.problems);
    const completed = complete(reading.value);
    if (completed.problems.length > 0) throw new ArgumentsError(component, name, completed.problems);
    return completed.spec;
}

/** A rule from the schema of a setting, or of a part of one. */
export function schemaRule<T>(field: Omit<Field, "default" | "schema">, schema: z.ZodType<T>): Rule<T> {
    return {
        expected: field.expected,
        next: field.next,
        read: (key, given) => {
            const shape = findShapeProblem(given);
            if (shape !== undefined) return { problems: [shapeProblem(key, field, shape)] };
            const result = schema.safeParse(given, { error: wordsFor(field) });
            if (result.success) return { value: result.data };
            return {
                problems: findSchemaProblems(key, { ...field, schema }, withoutOutputs(given), result.error.issues),
            };
        },
    };
}

/** The same rule for a required argument. */
export function required<T>({ expected, next, read, takesOutputs = false }: Rule<T>): Rule<T> {
    return { expected, next, read, takesOutputs };
}

/** The same rule for an optional argument. */
export function optional<T>(rule: Rule<T>): Rule<T | undefined> {
    return { ...rule, preset: { value: undefined } };
}

/** The same rule with a default. */
export function preset<T>(rule: Rule<T>, value: T): Rule<T> {
    return { ...rule, preset: { value } };
}

/** The same rule for a value that can be an output. An output is not checked. */
export function input<T>(rule: Rule<T>): Rule<pulumi.Input<T>> {
    return {
        ...rule,
        takesOutputs: true,
        read: (key, given) => (isLater(given) ? { value: given as pulumi.Input<T> } : rule.read(key, given)),
    };
}

/** A rule for an object that is used unchanged and can contain outputs. The rule sees a text in place of an output. */
export function asGiven<T extends object>(rule: Rule<T>): Rule<T> {
    return {
        ...rule,
        read: (key, given) => {
            const shape = findShapeProblem(given, isLater);
            if (shape !== undefined) return { problems: [shapeProblem(key, rule, shape)] };
            const reading = rule.read(key, withoutOutputs(given));
            return "problems" in reading ? reading : { value: given as T };
        },
    };
}

/** A rule for an object whose fields each have a rule. */
export function objectRule<Rules extends Record<string, Rule<unknown>>>(
    { expected, next }: Pick<Field, "expected" | "next">,
    rules: Rules,
): Rule<Resolved<Rules>> {
    return {
        expected,
        next,
        read: (key, given) => {
            if (isPlainObject(given)) return readAll(`${key}.`, given, rules) as Reading<Resolved<Rules>>;
            return { problems: [{ key, expected, got: showSetting(withoutOutputs(given)), next }] };
        },
    };
}

/** A value in which a text replaces every output. */
export function withoutOutputs(value: unknown): unknown {
    if (isLater(value)) return "(an output)";
    if (typeof value === "bigint") return String(value);
    if (Array.isArray(value)) return value.map(withoutOutputs);
    if (!isPlainObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutOutputs(part)]));
}

/** A problem under the argument's name of the setting. */
export function inArguments(problems: SettingsProblem[], argumentOf: Record<string, string>): SettingsProblem[] {
    return problems.map((problem) => {
        const found = Object.entries(argumentOf).find(
            ([setting]) => problem.key === setting || problem.key.startsWith(`${setting}.`),
        );
        if (found === undefined) return problem;
        const [setting, argument] = found;
        return { ...problem, key: `${argument}${problem.key.slice(setting.length)} (setting ${problem.key})` };
    });
}

/** The resources of an output, for `dependsOn`, and a further one. Those of the output are known before its value. */
export function waitsFor(value: pulumi.Input<string>, further?: pulumi.Resource): pulumi.Output<pulumi.Resource[]> {
    // Pulumi adds the resources from which an output comes to those that it contains.
    return pulumi.output(value).apply(() => (further === undefined ? [] : [further]));
}

function readAll(
    prefix: string,
    given: Record<string, unknown>,
    rules: Record<string, Rule<unknown>>,
): Reading<Record<string, unknown>> {
    const values: Record<string, unknown> = {};
    const problems = unknownArguments(prefix, given, Object.keys(rules));
    for (const [key, rule] of Object.entries(rules)) {
        const reading = readArgument(`${prefix}${key}`, rule, given[key]);
        if ("problems" in reading) problems.push(...reading.problems);
        else values[key] = reading.value;
    }
    return problems.length > 0 ? { problems } : { value: values };
}

function readArgument(key: string, rule: Rule<unknown>, given: unknown): Reading<unknown> {
    if (isLater(given) && rule.takesOutputs !== true) {
        const [got, next] = ["an output, which is unknown until other resources exist", "pass a plain value"];
        return { problems: [{ key, expected: rule.expected, got, next }] };
    }
    if (given !== undefined) return rule.read(key, given);
    if (rule.preset !== undefined) return rule.preset;
    return { problems: [{ key, expected: rule.expected, got: "nothing", next: rule.next }] };
}

function shapeProblem(
    key: string,
    field: Pick<Field, "expected" | "next">,
    shape: NonNullable<ReturnType<typeof findShapeProblem>>,
): SettingsProblem {
    if ("problem" in shape) {
        return { key, expected: `${field.expected}, with ${shape.problem}`, got: "more than that", next: field.next };
    }
    const expected = "any other name, because copies of an object silently drop it";
    return { key: `${key}.${shape.lostKey}`, expected, got: "that name", next: "remove it" };
}

function unknownArguments(prefix: string, given: Record<string, unknown>, known: string[]): SettingsProblem[] {
    return Object.keys(given)
        .filter((name) => !known.includes(name) && given[name] !== undefined)
        .map((name) => {
            const near = nearest(name, known);
            return {
                key: `${prefix}${name}`,
                expected: "an argument of this component",
                got: `the unknown argument ${showSetting(name)}`,
                next:
                    near === undefined ? `remove it; the arguments are ${known.join(", ")}` : `did you mean "${near}"?`,
            };
        });
}

/** True for an output or a promise, whose value is known only later. */
function isLater(value: unknown): boolean {
    return pulumi.Output.isInstance(value) || value instanceof Promise;
}
