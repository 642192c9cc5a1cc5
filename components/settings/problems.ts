import { RunError } from "@pulumi/pulumi";
import { shorten } from "../../shared/values/plainObjects";

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
    return `${count}; nothing was written.\n${formatBlocks(problems)}`;
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

/** The value of a setting as the user would recognise it. */
export function showSetting(value: unknown): string {
    if (value === undefined) return "nothing";
    if (value === "") return "an empty value";
    if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
    // JSON has no word for NaN, Infinity and large integers.
    const text = typeof value === "number" || typeof value === "bigint" ? String(value) : JSON.stringify(value);
    return shorten(text, 200);
}

/** The known word nearest to a misspelt one, or undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
    const ranked = known
        .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
        .sort((left, right) => left.distance - right.distance);
    const best = ranked[0];
    return best !== undefined && best.distance <= Math.max(2, Math.floor(word.length / 2)) ? best.candidate : undefined;
}

function editDistance(left: string, right: string): number {
    let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
    for (let row = 1; row <= left.length; row++) {
        const current = [row];
        for (let column = 1; column <= right.length; column++) {
            const substitution = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
            current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
        }
        previous = current;
    }
    return previous[right.length] ?? 0;
}
