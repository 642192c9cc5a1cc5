import { formatSuites, type JunitCase } from "../../shared/reports/junit";
import { redact } from "../../shared/values/redact";
import type { Judgement, Unjudged } from "./index";
import type { RuleRun } from "./judge";

/**
 * The results as JUnit XML: a suite for each, with a test case for each rule. Advisory violations do not fail a case.
 */
export function formatJunit(judgements: Judgement[], unjudged: Unjudged[] = []): string {
    return formatSuites([
        ...judgements.map(({ subject, environment, runs }) => ({
            name: `${subject} as ${environment}`,
            cases: runs.map((run) => testCase(run, subject)),
        })),
        ...unjudged.map((one) => ({ name: one.subject, cases: [unjudgedCase(one)] })),
    ]);
}

function unjudgedCase({ subject, reason }: Unjudged): JunitCase {
    const text = redact(reason);
    const message = text.split("\n", 1)[0] ?? "";
    return { className: subject, name: "judged", failures: [{ type: "could-not-judge", message, text }] };
}

function testCase({ rule, violations }: RuleRun, subject: string): JunitCase {
    const lines = violations.map(
        ({ severity, resource, expected, got, cure, source }) =>
            `${severity}: ${resource} (${source}): expected ${expected}, got ${got}. ${cure}`,
    );
    const found = { className: subject, name: rule, failures: [] };
    if (lines.length === 0) return found;
    const text = lines.join("\n");
    if (!violations.some(({ severity }) => severity === "error")) return { ...found, output: text };
    const message = `${lines[0] ?? ""}${lines.length > 1 ? ` (and ${String(lines.length - 1)} more)` : ""}`;
    return { ...found, failures: [{ type: rule, message, text }] };
}
