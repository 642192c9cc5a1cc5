import { RunError } from "@pulumi/pulumi";
import { shorten } from "../../shared/values/plainObjects";
import { redact } from "../../shared/values/redact";

/** One setting that cannot be used. */
export interface SettingsProblem {
    /** The setting, such as `samplingPercent` or `resources.jaeger.limits.memory`. */
    key: string;
    /** What would have been right: range, unit, form. */
    expected: string;
    /** What stands in the configuration. */
    got: string;
    /** What to do now. */
    next: string;
    /** Commands that do it, of which each needs the one before to have succeeded. @default none */
    commands?: string[];
}

/** Every problem of the configuration at once. Pulumi prints the message alone, without a stack. */
export class SettingsError extends RunError {
    public readonly problems: SettingsProblem[];

    constructor(problems: SettingsProblem[]) {
        super(formatProblems(problems));
        this.name = "SettingsError";
        this.problems = problems;
    }
}

/** The problems as text, one block each. */
export function formatProblems(problems: SettingsProblem[]): string {
    const count =
        problems.length === 1 ? "1 setting cannot be used" : `${String(problems.length)} settings cannot be used`;
    return `${count}; nothing was written.\n${formatBlocks(problems)}${formatCommands(problems)}`;
}

/** All commands in one piece, to be run as they are. */
function formatCommands(problems: SettingsProblem[]): string {
    const commands = problems.flatMap(({ commands = [] }) => (commands.length === 0 ? [] : [commands.join(" &&\n")]));
    return commands.length === 0 ? "" : `\n\nCommands, for the folder of Pulumi.yaml:\n${commands.join("\n")}\n`;
}

/** One block of text for each problem. */
export function formatBlocks(problems: SettingsProblem[]): string {
    const blocks = problems.map(
        (problem) =>
            `  ${problem.key}\n` +
            `    expected: ${problem.expected}\n` +
            `    got:      ${problem.got}\n` +
            `    next:     ${problem.next}`,
    );
    return blocks.join("\n");
}

/** The value of a setting as the user would recognise it, without the passwords of its URLs. */
export function showSetting(value: unknown): string {
    if (value === undefined) return "nothing";
    if (value === "") return "an empty value";
    if (value === null) return "an empty value (null)";
    if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
    // JSON has no word for NaN, Infinity and large integers.
    const text = typeof value === "number" || typeof value === "bigint" ? String(value) : JSON.stringify(value);
    return shorten(redact(text), 200);
}
