import { existsSync, readFileSync } from "node:fs";
import { isPlainObject } from "../../shared/values/plainObjects";
import { optionsOf, type Level, type Options, type OptionSchema, type Rule } from "../../policy/rule";
import { RULES } from "../../policy/rules";
import { UserError } from "../../shared/terminal/errors";

/** The configuration of a rule. */
export interface RuleConfig {
    /** Replaces the level of the environment. */
    level?: Level;
    options: Options;
}

/** By rule; `all` applies to rules without an entry. */
export type PolicyConfig = Record<string, RuleConfig>;

const LEVELS: readonly string[] = ["mandatory", "advisory", "disabled"] satisfies Level[];
const ALL = "all";

/**
 * Reads a file in the format of `pulumi preview --policy-pack-config`: a rule's level, or an object with
 * `enforcementLevel` and options.
 *
 * @throws UserError with exit code 2, which names every problem.
 */
export function readPolicyConfig(file: string): PolicyConfig {
    if (!existsSync(file)) throw new UserError(`${file}: expected an existing file, got no such file`, 2);
    let content: unknown;
    try {
        content = JSON.parse(readFileSync(file, "utf8")) as unknown;
    } catch (error) {
        throw new UserError(`${file}: expected JSON, got: ${(error as Error).message}`, 2);
    }
    if (!isPlainObject(content))
        throw new UserError(`${file}: expected an object with rules as its keys, got another type of value`, 2);
    const problems = Object.entries(content).flatMap(([name, value]) => problemsOf(name, value));
    if (problems.length > 0) throw new UserError(problems.map((problem) => `${file}: ${problem}`).join("\n"), 2);
    return Object.fromEntries(
        Object.entries(content).map(([name, value]) => {
            const { enforcementLevel, ...options } = isPlainObject(value) ? value : { enforcementLevel: value };
            return [name, { ...(enforcementLevel !== undefined && { level: enforcementLevel as Level }), options }];
        }),
    );
}

/** The effective configuration of a rule. */
export function configOf(config: PolicyConfig, { id }: Rule): RuleConfig {
    const { level, options } = config[id] ?? { options: {} };
    const general = level ?? config[ALL]?.level;
    return { ...(general !== undefined && { level: general }), options };
}

function problemsOf(name: string, value: unknown): string[] {
    const rule = RULES.find(({ id }) => id === name);
    if (rule === undefined && name !== ALL)
        return [`${name}: expected a rule, got an unknown one; the rules are ${RULES.map(({ id }) => id).join(", ")}`];
    const given = isPlainObject(value) ? value : { enforcementLevel: value };
    const known = rule === undefined ? {} : optionsOf(rule);
    return Object.entries(given).flatMap(([key, part]) => {
        if (key === "enforcementLevel")
            return LEVELS.includes(String(part)) ? [] : [expected(name, LEVELS.join(", "), part)];
        const schema = known[key];
        if (schema === undefined)
            return [
                expected(`${name}.${key}`, `one of ${["enforcementLevel", ...Object.keys(known)].join(", ")}`, key),
            ];
        return fits(schema, part) ? [] : [expected(`${name}.${key}`, describeOption(schema), part)];
    });
}

function expected(key: string, form: string, got: unknown): string {
    return `${key}: expected ${form}, got ${JSON.stringify(got)}`;
}

function fits(schema: OptionSchema, value: unknown): boolean {
    if (schema.type === "array") return Array.isArray(value) && value.every((item) => typeof item === "string");
    if (typeof value !== schema.type) return false;
    return schema.type !== "number" || ((value as number) >= schema.minimum && (value as number) <= schema.maximum);
}

/** The accepted values of an option, for people. */
export function describeOption(schema: OptionSchema): string {
    if (schema.type === "array") return "a list of text";
    if (schema.type === "boolean") return "true or false";
    return `a number from ${String(schema.minimum)} to ${String(schema.maximum)}`;
}
