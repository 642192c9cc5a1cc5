import pc from "picocolors";
import { printable } from "../../checks/printable";
import { redact } from "../../shared/values/redact";
import type { Judgement, Unjudged } from "./index";
import type { Violation } from "./judge";

/** The results for people: each violation with its cure, then what was checked. */
export function formatText(judgements: Judgement[], unjudged: Unjudged[] = []): string {
    return [
        ...judgements.flatMap((judgement) => [...violationsOf(judgement).flatMap(block), ...closing(judgement)]),
        ...unjudged.map((one) => `${pc.red("error  ")}  ${describeUnjudged(one)}`),
    ].join("\n");
}

/** What could not be checked, and the reason, in lines for people. */
export function describeUnjudged({ subject, reason }: Unjudged): string {
    return `could not check ${printable(subject)}: ${redact(reason).split("\n").map(printable).join("\n")}`;
}

/** The results for programs. */
export function formatJson(judgements: Judgement[], unjudged: Unjudged[] = []): string {
    const judged = judgements.map(({ subject, environment, objects, runs, notes }) => ({
        ...{ subject, environment, objects, rules: runs.length, notes },
    }));
    const refused = unjudged.map(({ subject, reason }) => ({ subject, reason: redact(reason) }));
    const all = {
        findings: judgements.flatMap(violationsOf),
        judged,
        ...(refused.length > 0 && { unjudged: refused }),
    };
    const text = JSON.stringify(all, undefined, 2);
    // JSON does not escape some characters that a terminal interprets.
    return text.split("\n").map(printable).join("\n");
}

/** Every violation, in the order of the rules. */
export function violationsOf({ runs }: Judgement): Violation[] {
    return runs.flatMap(({ violations }) => violations);
}

/** True if a mandatory rule was violated. */
export function isRefused(judgement: Judgement): boolean {
    return violationsOf(judgement).some(({ severity }) => severity === "error");
}

function block({ rule, severity, resource, expected, got, cure, source }: Violation): string[] {
    const colour = severity === "error" ? pc.red : pc.yellow;
    return [
        `${colour(severity.padEnd(7))}  ${printable(resource)} ${pc.dim(printable(`(${rule}; ${source})`))}`,
        `         expected: ${printable(expected)}`,
        `         got:      ${printable(got)}`,
        `         cure:     ${printable(cure)}`,
    ];
}

function closing(judgement: Judgement): string[] {
    const { subject, environment, objects, runs, notes } = judgement;
    const count = (severity: string): number =>
        violationsOf(judgement).filter((violation) => violation.severity === severity).length;
    const plural = (number: number, word: string): string => `${String(number)} ${word}${number === 1 ? "" : "s"}`;
    const found = `${plural(count("error"), "error")}, ${plural(count("warning"), "warning")}`;
    const verdict = isRefused(judgement) ? pc.red(found) : pc.green(found);
    return [
        ...notes.map((note) => `${pc.cyan("note   ")}  ${printable(note)}`),
        `${printable(subject)}, checked as ${environment}: ${plural(objects, "object")}, ${plural(runs.length, "rule")}: ${verdict}.`,
    ];
}
